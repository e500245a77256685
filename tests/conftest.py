"""What every test here shares: a hypothesis profile for machines that are busy with other things."""

from hypothesis import settings

settings.register_profile("book", deadline=None, print_blob=True)
settings.load_profile("book")

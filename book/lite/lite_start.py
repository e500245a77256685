# Run by JupyterLite's kernel when it starts: PYTHONSTARTUP in jupyter-lite.json. It leaves no name behind.
__import__("site_files").mount()

// Which mean is nearest? (chapter 01): a digit among ten mean pictures. Two pixels to the right, and another is nearer.

import { Figure, bar, clamp, fixed, line, path, role, scale, shown, sub, sup, svg, text } from "./base.js";

const initial = { n: 0, right: 2, down: 0, ink: 1 };
const REACH = 4, MOVES = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

// The first twenty training digits, and the mean pictures of the ten classes: bytes, where 0 is followed by the length,
// less 1, of a run of zeros. tests/figure_data.py makes them and prints them: python tests/figure_data.py digits
const LABELS = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5, 3, 6, 1, 7, 2, 8, 6, 9];
const DIGITS = atob(`
AJcDEhISfoivGqb/938ACx4kXpqq/f39/f3hrP3yw0AACjHu/f39/f39/f37XVJSOCcACxLb/f39/f3GtvfxABFQnGv9/c0LAAArmgASDgGa/VoAGIv9
vgIAFwu+/UYAGCPx4aBsAQAWUfD9/XcZABYtuv39lhsAFhBd/P27ABj5/flAABQugrf9/c8CABInlOX9/f36tgARGHLd/f39/clOABAXQtX9/f39xlEC
AA8Sq9v9/f39w1AJAA83rOL9/f399IULABGI/f391IeEEADiM5/9nzIAFTDu/Pz87QAUNuP9/O/p/DkGABAKPOD8/fzKVPz9egAQo/z8/P38/GC9/acA
DzPu/f2+cv3kL0//qAAOMO78/LMMS3kVAAH98zIADCal/enQVAAF/fylAAsHsvzwRxMcAAX9/MMACzn8/D8ACP38wwALxv2+AAn//cQACkz2/HAACf38
lAAKVfzmGQAHB4f9ugwAClX83wAHB4P84UcAC1X8kQAGMKX8rQANVv3hAAVy7v2iAA5V/PmSMB1VsuH936c4AA5V/Pz85df8/PzEggAQHMf8/P38/OmR
ABMZgPz9/I0lAP8AHUPoJwAIPlEADXi0JwAIfqMADAKZ0igACNyjAAwb/qIACd6jAAy3/n0ACC71owAMxv44AAh4/qMACxfn/h0ACJ/+eAALo/7YEAAI
n/5DAAgOVrL4/lsACZ/+VQACLzF0kJbx8+qz8fwoAAmW/e3Pz8/9/vrwxo9bHAXp+gALd7GxsbGxYjgABGb+3AAYqf6JABip/jkAGKn+OQAYqf9eABip
/mAAGKn+mQAYqf+ZABhg/pkA+Xz9/z8AFmD0+/0+ABZ/+/v9PgAVROz70x8IABQ85Pv7XgAWm/39vQAWFP3760IAFSDN/ft+ABZo+/24DwAVUPD7wRcA
FSD9/f2fABaX+/v7JwAVMN37+6wAFur7+8QMABb9+/tZABaf//39HwAVMOT994wIABVA+/3cABdA+/3cABcYwf3cAP8AMzeU0v39cVeUNwARV+j8/b3S
/Pz9qAAPBDny/L5BBQy2/P10AA9g/Py3DgABXPz84RUADoT9/JIOAALX/PxPAA5+/fewCQABCE71/YEADhDo/LAAAiTJ/PypCwAOFvz8HhZ3xfH9/PtN
AA8Q5/z9/Pz84uP85wARN+v92YoqGMD8jwAXPv/9bQAXR/38FQAY/fwVABdH/fwVABdq/fwVABct//0VABja/DgAGGD8vSoAFw64/KoLABcOk/wqAL8N
GWR6BwAUIZfQ/Pz8kgASKJj0/P3g0/zoKAAPD5jv/Pz82B8l/Pw8AA9g/Pz8/NkdAAAl/Pw8AA+1/Pzcpx4AAU38/DwADxqAOhYAA2T8/DwAF538/DwA
E255ennK/MIDABAKNbP9/f/9/eQjAA8FNuP88+Sq8vz853UGAA0GTvz8fTsAABLQ/Pz8/FcHAAsFh/z8tBAAABXL/feBrfz8uEIxMQAHA4j88WoRAAA1
yPzYQQAADkij8fz83wAHafzyWBJJqvT8fh0ABFm0tCUAB+f89c3Y/Pz8fAMAEc/8/Pz8snQkBAASDV2PeRcGAP8AGJH/0x8AFiDt/fxHABYLr/38RwAX
kP38RwAWEL/9/EcAFhrd/fx8HwAWff38/GwAF/38/GwAF//9/WwAF/38/GwAF/38/GwAF/38/GwAF//9/aoAF/38/PwqABaV/Pz8kAAWbfz8/JAAF9r9
/f8jABav/Pz9IwAWSfz8/SMAFh/T/P0jAP8ADyYraf/9/f39/a4GAA4ri+Di/P38/Pz8/PyeDgANsvz8/Pz9/Pz8/Pz8/DsADW38/OaEhYSEvfz8/Pw7
AA0EHR0YAAMO4vz8rAcAFVXz/PyQABVYvfz8/A4AE1vU9/z8/MwJAA4gfcHBwf38/PzuZhwADi3e/Pz8/P38/PyxABAt3/39/f3//f39/UoAEB97NCws
LCyP/PxKABcP/PxKABdW/PxKAA0FSwkABWLy/PxKAAw9t/wdAAMSXO/8/PNBAAzQ/PyThoaGhsv9/Py8UwAN0Pz8/Pz8/Pz8/eaZCAAOMZ38/Pz8/NnP
ki0AEQdn6/ysZxgA+gU/xQAYFP7mGAAXFP7+MAAXFP7/MAAXFP7+OQAXFP7+bAAXEO/+jwAYsv6PABiy/o8AGLL+ogAYsv7wABhx/vAAGFP+9R8AF0/+
9iYAGNb+lgAYkPEIABiQ8AIAGJD+UgAY5vcoABio0R8A5L2+ABiP95kAF4j38lYAF8D8uwAQPrkSAANZ7NkvABDY/TwAA9T/UQARzvxEAAIw8v1ZABCD
+9QVAAELp/zFBQAPHej3PwACmfziABAt2/yPAAJ0+fxnAA4EYP3//ch6BxnJ+p4AD1z8/P3Z/PzI4/znAA9X+/fnQTC9/Pz9/PvjIwANvt1iAAIqxPz9
/PyiAA5vHQADPu/8VioqDgATD5T92gAXefznHAAWH937gQAX2vygABh6/FIA+Sp226Z2dgYAE2fy/v7+/v5CABMS6P7+/v7+7kYAE2j0/uD+/v6NABTP
/tL+/v4iABRUzv7+/v4pABUY0f7+/qsAFFuJ/f7+/nAAEijW+v7+/v7+IgASUff+/v7+/v6SABNu9v7+/v7+qwAUSVlZXfD+qwAXAYD+2x8AFgf+/tYc
ABaK/v50AA4TsVoABBnw/v4iAA6k/tc/JAAAM1nO/v6LCAAOOcX+/t608f7+/dULABCMaf7+/v7+/uwAEwd1daX+/u8yAP8AUx8ogerqnwATRJbv/v39
/dcAEZzJ/v7+8ZZiCAAQE5r+7MtTJx4AE5D9kQwAFAqB3k5PCAAVhv2nCAAX//5OABjJ/eJFABQ3BgAAEoD98SkAERnN61wAART9/ToAEef1bAAChP25
DgARefX+/v7Z/t8yABN0penp6rQnAwD/AF8MY1uOm/a2m5ubm4M0AA6K/v7+/v7+/v7+/v780nohAAvc/v7+6729vb2Wvc3+/v5LAAsjSiMjGQAFDeD+
/pkAFlr+/vc1ABQGmPb+/jEAFEKe/v75ZwgAEzb7/v7++EoFABOM/v7+/v7+yn0tABE6ter+/v7+/v78jBYAER4ySZv9/v7+/r8CABRbyP7+/v52ABUE
wP7+/poAFo3+/v50AAwZflYABQO8/v76PQALGNH+DwAEF4n+/v7RAAyo/v4wCQABCX/x/v7/8j8ADGX+/v7Nvr7N/v7+/vJDAA0hpv7+/v7+/v7++oo3
AA8HWJp0wsKamlgxAKUm3uEAF5Pq/LAAFRfF/fzQEwAUJrL8/XVBABU5/Pz9WQAVJt79/U8AFoP8sxsAFsb23CUAFk/9/IccABUQjP38dgADb4yMAA8N
v//9OAABcnHe/f3/GwANTPz93yUAADCu/Pzy1v3HHwALDW385IIAACal/emkMT/91h8AC0n8/H4AABey/PCUByzX8JQADHf8/AABxfz8PwAAOfz8jAAN
h/2uAAAw5f1wAAAm3v1wAA6H/K0AADDj/J7i6skbDAAOOfz8OWjw/Pz96UoAEDPy/P38/Pz88JQAEku9/fz8nXA/AP8ASgGo8hwAFwrk/mQAGL7+egAY
U/6iABgd/vgZABcd//5nABcd/v5tABcd/v5tABcd/v5tABcd//5tABcd/v5tABcd/v4/ABcd/v4cABcd/v4cABcd/v4jABcd/v5tABcG1P5tABjL/rIA
GJv+vgAYIMdoAP8AMnN5ov391QASP2uq+/z8/Pz61gANGcDi4vH8/cr8/Pz8/OEADETf/Pz8/PwnEydB4Pz8twAMuvz8/PVsNQAClvz83BQAC0by/Pze
OwAEsvz8jQAMufz8wkMAAxFa8PzCQwAMU82+GAAEefz80RgAFU33/PhqABb9/PxmABaG//39JwAVBrf9/GsCABQKZvz9oxAAFA2o/PxuAgAVKfz82QAW
KJv81h8AFqX8/GoAFiuz/JYnABaJ/N0nABdD/E8Aw12k0/r6wg8AEhSw/e20tPP+1gASzOyHEgABKPL8fgAQRf2nAASC/t8AEErZTwAELv7nDgAPCAoA
BSf+/mgAFwXU/o0AGM/+jQAXB9f+gAAXJ/7+OAABFEN8JwAPByNi/v7Qnc/h/vGgAAkJH1KJy8vU/v7+/vvf3380IQAICYnW/v7+/vDk+v7+mjIADbn+
97OSQzwcAADY/twMAA7/3jEAAwSJ9OgyAA/+zgQAAgiz/vdAABDY/p6xgmDV/McxABKD9/n5+atIAP8AOAvL5SAAExovLx5f/tcNAA8tmrm53/39ha//
vBMAD279/f32oeT9/f5cAA+A9f2eiRUAADDp/ekIAA+L/t8ZAAEkqv70agAQN9T9oQsasv3scQARB5v95FDf/f1tABON/f39/v2aHQATbv39/f6zJgAT
A6v+/v6zABWr/f39/bIAExp7/v3LnP3IABNd/f55DV39ngASQO/9TAgg2/1+ABKF/r8AAAVs6v5qABKE/b4FVf3smgATmf2pwP39TQAUcP39/uyBCQAU
EXbzv3EAxyKp+igAFjry3Y8RABVL948KABYl9bgCABYIwMgOABeL9xwAFwfntwAYffMyABjDuAAYPfspAAJAKwATmNIHAABg7f73awAS+lQAAAbfVA1X
9kgAECv+UAAAOJcAApPBABBD/ikAAA0TAAIq/QAQQ/4NAAUO/QAQRP8NAAVN8AAQQ/4NAAQFtZMAEBnlaQADBZzVFAARa/ZpDjFf2dEbABNr9v398IIG
AP8AZhJp4/39egAUOcf9/Pz8/J8AEhTT/OiYSaf81wYAEcX8tgACJevzLwARvPxnAAIl6+UbABG9/VYIK4u+0y0AEuj8yMn8/FQAFNX1/P388ioAFThU
/fygABct/fwmABdZ//0mABdQ/b0gABYps+hUABYP4fxzABeZ/KQAF0T1808AFiDt9VIAFgmU/KkAF2r9xAcAFjbkgRwALA==`);
const MEANS = atob(`
AF0BAQIDBAUFBAMCAgEADAEBBAcOGSc1P0I9MiQWCwQBAAkBAgUMGCxFY32Qlo12WTkgDQQBAAcBAgUNHDRTdZWtvMC8q4tlPh8KAQAHAQMLGjRVepmt
uby+wL2ril82FQQABwIHFS5Qdpepraeemp6prqF8TiMHAAcDDiVHb5Kmp5mDcGZrgpylkWYyDAAGAQcZOmKKoqaTdVhBNz9agp+dekIRAAYCDSlSfZ6m
lXFOMSAbJUBtlqGFTxcBAAUDFjxrk6edeE0rFw4OGDNhjaCKVxwBAAUFI1KDoqWHVy0UCgcIFDFdip6JWB8BAAUJMmeWqZltOhgJBQQHFzdkjpuDVB8B
AAUOQnmiqIlUJQ0FAwUMIkZzlJZ5ShoBAAUTT4aoonhBGgkEBAkYNl+GmY1pOxMBAAUYV42qnW85FwoIDBkxVn2Wl3xUKgwBAAUaV4yqoHRCIhYYIzpa
fJaciGM8GgcABhhOhKipi2FEOj9RaoecoY9tSCUNAwAGEj5zn7OtloB3e4qcp6aRcEwrEgUBAAYLKVaHrcLEvLa0trWojmxJKhMHAgAHBBQzW4erwcrJ
wrScflw8IhAGAgAIAQYSKEZlgJCTh3JXPCUUCQMBAAoBAgYMFR0jJSIcFAwHAwEAEgEAqAECAgIBAQEAEAECBQ4bJy0sKSMcEwoEAQAMAQQLGzRMWVlR
RDQiEgcDAQAKAQEEDB8/XnBwZFE5IxEHAgEACgEBBAsgRGqBgG1RNBwMBAEACwEBAwofSHiWjnBKKBEGAgEACgEBAQMJHk6KrZlqPBsJAwEADAEBAwgd
VqLFm1sqDgQBAA0BAQMHHWTC1pNFGAYBAA4BAQMGIH7g24AsCgIADwEBAgcqovLWYxYDAQAPAQECC0HC9sRDCgEAEAEBBBdi0/KmKwUBABABAwwuftfg
giAEAQAQAgcbSJDQwmgdBQEBAA4BBREtXpe/o1ofBwIBAQEACwEEDB9BbJSoi1MiCgQCAQEBAAkBAwkWL1ByipJ7UCcOBgMCAQEACQIGDiA6WHB9f3BP
KxEHAwIBAAkBAwgSJj5WZWxsZEorEgcDAQEACQEDBxAgNERNT1BLOSANBAEBAAsBAgQIDhIUFRYWEAgDAQAUAQEBAIQBAQIDAwQEBAMCAQAOAQMGDBIa
IScpKSQcEgsFAgEACQIFCxUkNktebnZ0a1Y+KRcKAwEABwEEDBksQ112jJykpZuHaEgsFwkCAAcCBxMnPldvhJGan6KglX5ePiMOAwAHAwoZLUJXaHR4
eXuAiIuCakosFAUABwMLGio6R1FVVFFTXW5/gnBRMRcFAAcDChYhKjE2NjIwM0RfeYJzUjEWBQAHAgcPFRoeHx4bGyQ8XXuEc1AtEwUABwEFCAsOEBAQ
EBUlQ2aAg29KJg8EAQAGAQMEBgkLDA4THjVUcoSAZj8eCwMBAQAFAQIEBwwQFh4pOlJrgId5WTQXCQQDAQAFAQMJEhwnNENSZXiIj4dwTSsUCgYEAgEA
AwEDChcoOUtecIKTnqCXhWdFKRgQCwgEAQADAggXLUVbcICRoq2wqpuCZUgyJBsVDgcCAAMEECdFX3SCjpynr66ml4JrVUQ2KyAWCwIAAwYZNlZxgYyX
oKerp5+ThndnWUs8LRwLAQADCB4+YX2Rnqaqq6ack4qDfXNoWUYxGwoBAAMJHjxggZussK6klod7dnR1cGVUPyoWBwEAAgEHFzBQcIyen5eHdGVbWFla
WE4/LR0OBAAEAwwcMkpfa2xkVkc8NTQ1NjQtJBkPBwEABAEDCBAaIygoJSAbFxUUFBMSEA0JBQIABwEBAgMEBAQFBQQEBAQDAwICAgEAswEBAgQFBgcG
BQQDAgEACwEDCA4XIy84P0A8MyYbEQgDAQAIAgcQHTBHYnqOnJ+Yh2tONB4OBAEABgEGDx81UW+LoK+5vr60m3pXNhwKAgAGAgoVJz5WbX2Hi4+WoKae
h2hFJQ4DAAYDChQiMkBLUVFPUl1ziZKGakcmDgMABgIHDhceJCgpKSs0SmuHkoRjPh8LAgAGAgQHCw8RFBggLkZniJ2YelIuFAYBAAYBAgQFBwsUJDtb
fZyvrpVpPh4LAwAIAQIDBxEmR2+Vs8XGtZFhNxgIAgAIAQEEChs6ZZCyxMe/sZVuRCENAwEABwECBAwePmOFmqCgnZyXg182GAgCAAYBAgMFCxctRlhg
YmNpeYuOdUwmDwQABQECBAYHChAZIikqLDE+WHuPgFoyFgcBAAQBBAgLDQ4PDxAQERMZK0pzjINeOBoJAQAEAQcPFRkaGBMQDQwPFy5Teo6CXTgbCAEA
BAIKFiMrLi0mHxkYHSxIboyRfFYzFwYBAAQDDBwuPklPS0M8PEZbd5Kcj21HJw8EAAUCCxovSWByent5fYeXpqmZeVMwFwcBAAUCBxMlQGB/mKixt7q4
rpd1UDAYCgMABgEDChUoQl98laWppJJ5Wj0lEwgCAQAHAQMIDxkmNEFJS0Y7LB4SCQQBAQAKAQIDBQYICQkJBwYEAgEBAKEBAQEBAQECAQEACwEBAgME
BAQEBAYICgwNCwgFAgAHAQMFCA0QExMRDxAWHiYoJiAZEQcBAAUBAwcMFB4nKyokHBslNUJFPjMmGQsCAAUCBQsUIjI/Qz8zJiMwR1pcTz0rGQoCAAQB
AwcOHC9HVllQPSokNlZubVk/JxMHAgAEAQMIEiU/W2xrWT0kIj1ngXlbOR8MAwEABAEEChcwUXJ/c1UwGSBHfJJ/VS4UBgIABQEEDR4+Z4iNcUQeESVb
k559SiMNBAEABQEFEClSgZ6SZTUaGTh5qqR0Px0LBAIABQEGFTdpmq6XZkAyO2Kfv6ZwPyAPBwMBAAQBCBxHfay7poRwbHibxM2rdkgoFgwEAQAEAgki
TX+qu7WpoqKtxNfQqHVJKxkNBQEABAEIH0Npipufnp6js8jRvZJgOyITCQQBAAQBBRUsQ1NeY2VqeZWvspdsQSUUCgUCAAYDCxUfJSgrMT5ZepCPc00s
FwsFAgEABgEECAoMDhIdMlBsenVePiMSCQQBAAgBAgMFCA8fN1BiamRSOCESCQQBAAkBAgQKFSc9T1leWEk0IRIJBAIBAAgBAgYNGyw+SVBTTkMxIRMK
BQIBAAgBAwcPGyo3PkRGQjkrHhIJBAIACQECBgsTHSMnKywpIxsSCwUCAQAKAQIEBgcJCwwMCggGAwIBAJ0BAQIDAwMDAwMCAQEACgEBAwYKDREVGRsc
GxgVEg8KBQEABwIECA8aJjI+R01QUk9KQzkuIRMGAQAFAQQJEiA0SV5uen5/f3pyZ1lKOCMOAwAFAgYPHTJMZ3uIjYyLh4F4bGBRQi0UBAAFAggUKEFd
d4WHg3x2cGlhWVBFOioUBAAFAwsaM09tg4Z8bF5UTUY/ODMtJRwNAgAEAQQNID1gf4+HcFlHOjAoIRsXFBENBgEABAEFECZJc5SejXBVQzYpHBMMCAYF
BAIBAAQBBhMsVYSorpp+Z1dJOSkZDQYDAgEABgEGEy5XiKqun4x7bWBSQSsYCwUCAAcBBhEmSnSPlI2DenJqYVM9JhMJAwEABgEFDRszTV9jYmBhY2Zm
XksxGw4FAQAGAgcOFR4pMTQ3PEdSXWVkUzoiEgcCAAYEDRcaGRkZGh0mNkhaZmZXPiYUCQMABQEGFicrJR4YFxolN0xfa2hWPiYVCQMABQEIHTdDQDYs
KCs1RlpqcWhTOyQTCAIABQEHHD5XYV5WT05VYnF6d2dNNB4QBgEABQEFFDRXcX6Afnx/hYqGd1w/JxYKBAEABgMLIEBhfY+Ym5uYj31hRSsYDAUCAAcB
BRAjPFdvgIiGfWpTOSMUCgQCAQAIAQUMFyUyPUNBOCsdEwsGAwEBAAoBAgQHCQsLCwgGBAMCAQARAQEBAQEBAEwBAQECAgIBAgEBAQEADQECBAcKEBYc
ICIgGxQMBgMBAAkBAgQJDxchLz9MUU5DMR4QBwMBAAcBAQMHDhciMkZaaGxjUDghEggDAQAHAQIFChMfLkRbbnVvXEMrGA0GAwEABwECBw4aKD5YbXl1
YEUrGA0HBAIBAAcBAwkTIjZRant7Z0grFgsGBAIBAQAHAQQMGSxGY3qBclAuFgoGBQMCAQAIAQYRIjlYdYd/XjYaDQkJCQcEAgEABwIJFitJbIeLcUUj
FBMVFhQQCgUCAAcDDBw3XICThl0zISQsMjEqIBULBAEABgQPI0VvkZh5TTY8TVpeWEs4IxMIAQAGBRIsVYKelG1PVG2BiYV5Zk4yHAwCAAYGFjZkk6SO
amR8l5+Zj4Z3XD4iDwMABgYaPnGepot0fZWckYSAhX9mQyUQBAAGBxxEeKOokICIjoBrZnaHg2ZBIQ4EAAYHG0N5pbCei4V7Z11rh5aEXTcaCgIABQEG
Fzxwo7y0nIp8dX+Wppp1SicRBQEABQEEEC1dlMDLvayjp7O4p4FVLxYIAgAHAgkbPnGnytXT0MzBpn5SLRUIAwEABwEDCx09aJOxvbilhmE9IQ8GAgEA
CgIHDx4wQUlHOysbDwcDAQAOAQIEBQcHBgQDAgEA/wAJAQECAgICAwICAgIBAQAMAQMGCQ4SFxkbHBwcGxkUDwkGAwEABQEDBw8bKDdGU11kaWxvcGxg
TTYfDwYBAAQDCRIiNk9pgpemr7S3ubq2poddNxsKAgADAQUNGi5HZYKcrre4tLK0vcS9n29CHwsCAAMBBQ0aLERed4mQjIB1cHePrbigbz4cCAEAAwEE
CRQhNEhbZWFSQDUzQmudspdjMhQFAQAEAgYMFyQ1Q0U6KBgSFzJrpK+IUCMMAwAFAQMIEBomLiwgEQkIFT6Dsqd0OxgIAgEABQIFCxIaHhoSCwgMIl6i
uppeLBIHAwEABQEDBw0SExIPDhAaQIW3toRJIhAIAwEABQECBQgLDQ8RExovZaS9oGY2GQwGAwEABgEDBQcJDA8VI0mGsq+ASiMQCAQCAQAGAQECAwUI
DBcyZZmuk2AzFgoEAgEACAEBAgMGDiFIep+bc0UiDwYCAQALAQQJGDVfh5eCWjQZCgQBAQAKAQMHEyhLcIeFa0kpFAgDAQAKAQIGECE7W3V+dFo8IxEH
AwEACQECBQwZLkljcnJkTTMfDwcDAQAJAQMIEiE2TmBnY1VBLRsOBgMBAAkBAwgSIjNEUFNOQzQkFgwGAgEACgEEChMbJCstKyYdFQ0IBAEBAAwBAQID
BAUFBgUEAwIBAGkBAQEBAQAQAQIEBw0VHCIiHhcRCwYDAQEACAECBQwXKkNfd4aKgGlONCARCQQBAAYBAwgSIzxfgp+yurmvmnxbPCQUCQMBAAQBAgcS
JD9hhJ6opaCbmZeIbk8zHg4EAQAEAQUNHDRVeJCYinNlZG+AhXRYPCQRBgEABAIGESI/YoCMgWNHO0ZfeoV3WjwjEAUBAAQCBxIlQmSAh3RSODdNbomJ
cE8xGgwEAQAEAgcRIj5gfYh8X0xTcY+WgFw5IBAHAgEABAEFDRszVHSLkIN5iaCkjGQ+IhEIBAEABQEDCBIlQWSKqLCxvLiYakAjEgkEAgEABgEECxkw
VYe1z9XPrnlHJxULBgMBAAcBAwkULFSKvdXUv5RgNyASCgYDAQAHAQQLGzhmmby+sp5/WTkjFQwHBAEABwIHFCxUgaOolIeAdFtAKhoPCQUCAAYBBA0h
Q26QmIJoZG1tXkgwHhIKBQIABgEHFTBWfI1/Yk5UZWxhTTUhEwsFAQAGAQkcO19+hXFaUFxtcmVQNyITCgQBAAYBCh8+YX2Kg3l4f4R9aU8zHg8HAgAH
AQgbN1l7l6ivr6magWJCJxUKBAEACAQRJkRmiKW2tqSHZkUpFgsFAgEACAEFDx8zSFpkYlVBLRsPCAMBAQAKAQEDBQcICQkJBwUDAgEAvAEBAQAUAQIE
BwkLCwoIBQMCAQAMAQMIEB80TWNuaVc+JRMIAgEACQIFDRw2XIaqwce9oHhOKxQHAgAIAQUOIUBtmbW8tK2qoYtkPR8MAwEABgEEDB49apesn39kX3GH
inBIJQ8EAQAGAggWMFyKo5JkOig1W4WUfU8nDwQBAAUBBA0gQ3SZlWc0Gh05bJ2nhlAkDQMBAAUBBhEnUIGZgEwoIzZelLu0gUQcCgMABgEGEytVg5R6
VERNZ4+70LBvMxQGAgAGAQYSKlB8kIZ2dH+Srs/SnlUjDQQBAAYBBQ4hQmmFjIuMjpWvzsSCPhkJAwEABgEDChYtS2Z1eXZygKbDqmcuEwcDAQAHAQUM
GCk6RkpJUHCfr41SJhAGAgEABwECBgsSGSAkK0JvlZdzQyEPBgMBAAgBAgQGCQ4VJkhxiH9eOh8PBgMBAAgBAQIDBQsXMVVyeGpRNB4PBgMBAAgBAQIE
CBIlQV5saFtHMBwPBwMBAQAIAQMHDx40Tl9jW1FCLRwQCAQCAQAHAQIFDBcpP1FaWFBJPSwcEQkEAgEABwEDBw8bLT9MT0pEPzcpGxAJBAIACAEDBg0Y
JTE4OTQvLSceFAwGAgEACQEBAwYKDRAQDw0NCwgGBAIAIQ==`);

/** The pictures in such a string: rows of 784 numbers from 0 to 1. */
function unpacked(string) {
  const pixels = [];
  for (let i = 0; i < string.length; i++) {
    const byte = string.charCodeAt(i);
    if (byte) pixels.push(byte / 255);
    else for (let run = string.charCodeAt(++i); run >= 0; run--) pixels.push(0);
  }
  return Array.from({ length: pixels.length / 784 }, (_, n) => pixels.slice(784 * n, 784 * (n + 1)));
}

const digits = unpacked(DIGITS), means = unpacked(MEANS);

/** Where the ink of each digit begins and ends. */
const edges = digits.map((x) => {
  const inked = x.flatMap((value, d) => (value ? [d] : [])), columns = inked.map((d) => d % 28);
  return { left: Math.min(...columns), right: Math.max(...columns) + 1,
    top: Math.floor(inked[0] / 28), bottom: Math.floor(inked.at(-1) / 28) + 1 };
});

const m2 = means.map((m) => m.reduce((sum, value) => sum + value * value, 0));

/** Where pixel d lies after a move; what leaves on one side comes back on the other, as with np.roll. */
const moved = (d, right, down) => 28 * ((Math.floor(d / 28) + down + 28) % 28) + ((d + right + 28) % 28);

/** "2 right, 1 up". */
const place = ({ right, down }) =>
  `${Math.abs(right)} ${right < 0 ? "left" : "right"}, ${Math.abs(down)} ${down < 0 ? "up" : "down"}`;

const aDigit = (k) => (k === 8 ? "an 8" : `a ${k}`);
const smallest = (d) => d.indexOf(Math.min(...d));

/** Every number of the figure: the three parts of each distance, the ranking, and the distances at all places. */
export function numbers({ n, right, down, ink }) {
  const inked = digits[n].flatMap((value, d) => (value ? [[d, Math.min(1, ink * value)]] : []));  // the rest is 0
  const x2 = inked.reduce((sum, [, value]) => sum + value * value, 0);
  const at = (right, down) => {
    const x = Array(784).fill(0), pixels = inked.map(([d, value]) => [moved(d, right, down), value]);
    for (const [d, value] of pixels) x[d] = value;
    const xm = means.map((m) => pixels.reduce((sum, [d, value]) => sum + value * m[d], 0));
    return { x, xm, d: xm.map((agreement, k) => x2 - 2 * agreement + m2[k]) };
  };
  const here = at(right, down), order = here.d.map((_, k) => k).sort((a, b) => here.d[a] - here.d[b]);
  const all = MOVES.flatMap((down) => MOVES.map((right) => at(right, down).d));
  const most = Math.max(...all.flat());
  return { ...here, x2, order, label: LABELS[n], before: at(0, 0).d, map: all.map(smallest), most };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** A picture, black on white as on paper; pixels of one shade that lie side by side are one stroke. */
function picture(x, x0, y0, size, shades) {
  const strokes = Array(shades).fill(""), shade = (d) => Math.round((shades - 1) * x[d]);
  for (let d = 0, end; d < 784; d = end) {
    for (end = d + 1; end % 28 && shade(end) === shade(d); end++);
    strokes[shade(d)] += `M${d % 28} ${Math.floor(d / 28)}h${end - d}`;
  }
  const grey = (i) => `rgb(${Array(3).fill(Math.round(255 - (255 * i) / (shades - 1)))})`;
  const ink = strokes.map((d, i) => i && d && path(d, { stroke: grey(i) }));
  return [
    svg("svg", { x: x0, y: y0, width: size, height: size, viewBox: "0 -0.5 28 28", "shape-rendering": "crispEdges" },
      bar(0, -0.5, 28, 27.5, { fill: "white" }), ...ink.filter(Boolean)),
    bar(x0, y0, x0 + size, y0 + size, { class: "stroke muted", fill: "none", style: "stroke-width: 1px" })];
}

/** For each move the answer: pale green where it is the label. */
function drawMap({ right, down }, { map, label }, x0, y0, size) {
  const cell = size / MOVES.length, at = (move) => (move + REACH) * cell;
  return [
    ...map.flatMap((k, i) => {
      const x = x0 + (i % 9) * cell, y = y0 + Math.floor(i / 9) * cell, mine = k === label;
      return [
        ...(mine ? [bar(x, y, x + cell - 1, y + cell - 1, { class: "fill label", style: "opacity: 0.16" })] : []),
        text(x + cell / 2, y + cell / 2 + 4.5, k,
          { class: `cell ${mine ? "label" : "value"}`, anchor: "middle", shows: `map.${i}` })];
    }),
    bar(x0 + at(right), y0 + at(down), x0 + at(right + 1) - 1, y0 + at(down + 1) - 1, { class: "frame" })];
}

/** The ten means, the nearest first, ✓ if it is right; each bar is a distance, the thin mark that before the move. */
function drawMeans({ right, down }, { d, most, order, label, before }, x0, x1, y0, high) {
  const along = scale([0, most], [x0 + 62, x1 - 44]), still = !right && !down;
  const verdict = order[0] === label ? " ✓" : " ✗";
  const row = (k, place) => {
    const y = y0 + place * high, middle = y + high / 2 - 2, colour = k === label ? "label" : "value";
    const fill = `fill ${colour}${place && k !== label ? " pale" : ""}`;
    return [
      ...picture(means[k], x0, y, high - 5, 6),
      text(x0 + 50, middle + 5, k, { anchor: "middle", class: colour, "font-weight": place ? null : 700 }),
      bar(along(0), middle - 6, along(d[k]), middle + 6, { class: fill }),
      ...(still ? [] : [line(along(before[k]), middle - 10, along(before[k]), middle + 10, { class: "stroke ink" })]),
      text(Math.max(along(d[k]), still ? 0 : along(before[k])) + 7, middle + 5, fixed(d[k]) + (place ? "" : verdict),
        { class: colour, "font-weight": place ? null : 700, shows: `d.${k}` })];
  };
  return order.flatMap(row);
}

function render(anywidget) {
  const figure = new Figure(anywidget, "Which mean picture is nearest to the digit?", initial);
  const thumb = { columns: 20, pitch: 35 };  // the twenty digits to pick from
  const big = { y: 0, size: 196 };           // the digit itself, at the left edge

  function draw(state, width) {
    const wide = width >= 600, all = numbers(state), { n, right, down } = state;
    Object.assign(thumb, wide ? { columns: 20, pitch: width / 20 } : { columns: 10, pitch: width / 10 });
    Object.assign(big, { y: thumb.pitch * (20 / thumb.columns) + 34, size: wide ? 196 : (width - 20) / 2 });
    const [mapX, mapY] = wide ? [0, big.y + big.size + 44] : [big.size + 20, big.y];
    const [left, top] = wide ? [big.size + 44, big.y] : [0, big.y + big.size + 46], high = wide ? 42 : 35;
    const corner = (n) => [(n % thumb.columns) * thumb.pitch, Math.floor(n / thumb.columns) * thumb.pitch];
    const [px, py] = corner(n), edge = edges[n], pixel = (at) => (clamp(at, 0, 28) * big.size) / 28;
    return { height: wide ? mapY + big.size + 4 : top + 10 * high, art: [
      ...digits.flatMap((x, i) => picture(x, corner(i)[0] + 2, corner(i)[1] + 2, thumb.pitch - 5, 4)),
      bar(px + 1, py + 1, px + thumb.pitch - 2, py + thumb.pitch - 2, { class: "frame" }),
      text(0, big.y - 10, `drag the digit *x*, ${aDigit(all.label)}`, { class: "muted" }),
      ...picture(all.x, 0, big.y, big.size, 16),
      bar(pixel(edge.left + right), big.y + pixel(edge.top + down),
        pixel(edge.right + right), big.y + pixel(edge.bottom + down),
        { class: "stroke value", fill: "none", "stroke-dasharray": "4 4" }),
      text(mapX, mapY - 10, "nearest, at each place", { class: "muted" }), ...drawMap(state, all, mapX, mapY, big.size),
      text(left, top - 10, "‖*x* − *m*_k‖², the nearest first; thin mark: unmoved", { class: "muted" }),
      ...drawMeans(state, all, left, width, top, high)] };
  }

  // A click on a digit of the row picks it; the slider below does the same by keyboard.
  const row = bar(0, 0, 0, 0, { fill: "transparent", style: "cursor: pointer" });
  row.addEventListener("click", (event) => {
    const box = row.getBoundingClientRect(), at = (along) => Math.floor(along / thumb.pitch);
    figure.change({ n: clamp(thumb.columns * at(event.clientY - box.top) + at(event.clientX - box.left), 0, 19) });
  });

  // The digit can be dragged anywhere. As a number for the keys a move is 32 · down + right, so that a step to the
  // right at the right edge does not become a step down.
  const spot = ({ n, right, down }) =>
    [((edges[n].right + right) * big.size) / 28, big.y + ((edges[n].bottom + down) * big.size) / 28];
  const steps = (pixels, from) => clamp(Math.round((28 * pixels) / big.size) - from, -REACH, REACH);
  const read = ([px, py], { n }) => 32 * steps(py - big.y, edges[n].bottom) + steps(px, edges[n].right);
  const change = (number) => {
    const down = Math.round(number / 32);
    return { right: clamp(number - 32 * down, -REACH, REACH), down: clamp(down, -REACH, REACH) };
  };
  const sheet = bar(0, 0, 0, 0, { fill: "transparent", style: "cursor: grab; touch-action: none" });
  figure.drag(sheet, (point) => figure.change(change(read(point, figure.state))), () => spot(figure.state));
  figure.knobs.append(row, sheet);
  figure.parts.push(() => {
    for (const [name, value] of Object.entries({ y: big.y, width: big.size, height: big.size }))
      sheet.setAttribute(name, value);
    row.setAttribute("width", thumb.columns * thumb.pitch);
    row.setAttribute("height", (20 / thumb.columns) * thumb.pitch);
  });
  figure.handle({ label: "place of the digit", min: -196, max: 196, step: 1, up: -32, page: -64, spot, read, change,
    value: ({ right, down }) => 32 * down + right, text: place });

  const norm = (...inside) => sup(["‖", ...inside, "‖"], "2"), m = (k) => role("parameter", sub("m", k));
  const x = () => role("value", "x");
  // The nearest mean; below it that of the digit's own class or, where this is the nearest, the second.
  const expanded = (state, rival) => {
    const { x2, xm, d, order, label } = numbers(state), [first, second] = order;
    const k = rival ? (first === label ? second : label) : first;
    return [[norm(x(), "−", m(k))], ["=", norm(x()), "− 2", x(), "·", m(k), "+", norm(m(k))],
      ["=", role("value", shown("x2", fixed(x2))), "− 2 ·", shown(`xm.${k}`, fixed(xm[k])), "+",
        role("parameter", shown(`m2.${k}`, fixed(m2[k])))],
      ["=", role(k === label ? "label" : "value", shown(`d.${k}`, fixed(d[k])))]];
  };
  figure.equation((state) => expanded(state, false));
  figure.equation((state) => expanded(state, true));

  figure.slider({ label: "training digit", min: 0, max: 19, step: 1, text: ({ n }) => `${n}, ${aDigit(LABELS[n])}`,
    value: ({ n }) => n, change: (n) => ({ n }) });
  figure.slider({ label: "ink", min: 0, max: 2, step: 0.1, text: ({ ink }) => `× ${fixed(ink)}`,
    value: ({ ink }) => ink, change: (ink) => ({ ink }) });

  return figure.start({ draw, describe: (state) => {
    const { order, d, label, before } = numbers(state), [first, second] = order, was = smallest(before);
    const verdict = first === label ? "right" : "wrong";
    return `Training digit ${state.n}, ${aDigit(label)}, ${place(state)}, ink times ${fixed(state.ink)}. The nearest ` +
      `mean is that of ${first}, at ${fixed(d[first])}, which is ${verdict}; then ${second}, at ${fixed(d[second])}. ` +
      `The ${label} is in place ${order.indexOf(label) + 1}. Unmoved, the nearest is ${was}.`;
  } });
}

export default { render };

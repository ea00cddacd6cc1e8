"""What the tasks on captioned images share: the text of the protocol."""


def captions(specials: str, copies: int) -> str:
    """Say what captions are, where so many of them are special and have so many copies of one image."""
    return (
        "Captions are the signs of an image's scores on principal components 4, 5 and 6: exact, and saying little, as "
        f"prompts do. {specials} special captions have a token of their own besides, and stand with {copies} copies of "
        "one image and with 50 other images of the same signs, once each. So there are right answers besides the "
        "duplicate."
    )


RANKING = (
    "Every method gets the same initial noises. A cell is a method's whole sweep, of at most eight strengths; what "
    "ranks is the area under its trade-off between what is memorized and what keeps to the caption, of points that "
    "pass a gate of fidelity fixed beforehand."
)
CAPTIONS = captions("Twenty", 100)
PROTOCOL = f"{CAPTIONS} {RANKING}"

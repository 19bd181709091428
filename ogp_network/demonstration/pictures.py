"""Pictures for the demonstration's stories, drawn here: flat shapes, like cut paper."""

from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1500, 1000
PLUM, GOLD, CREAM, GREEN, SLATE, BRICK, SKY = (
    *("#4a1639", "#f0aa31", "#f8f4eb", "#3d6b4f"),
    *("#5b6472", "#a5523f", "#c9dbe0"),
)


def draw(name):
    """A PNG file of the picture called so."""
    image = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    {"glen": _glen, "valley": _valley, "estate": _estate}[name](ImageDraw.Draw(image))
    file = BytesIO()
    image.save(file, "PNG")
    file.size = file.tell()
    return file


def _glen(pen):
    pen.ellipse((1120, 90, 1300, 270), fill=GOLD)
    pen.polygon(
        [(0, 620), (420, 180), (700, 480), (980, 240), (1500, 640), (1500, 760), (0, 760)], fill=SLATE
    )
    pen.polygon([(0, 700), (520, 330), (1100, 720)], fill=GREEN)
    for x in range(60, 900, 62):
        top = 600 + (x * 7) % 50
        pen.polygon([(x, 770), (x + 34, top), (x + 68, 770)], fill="#274a37")
    pen.rectangle((0, 760, WIDTH, HEIGHT), fill="#7fa7b3")
    for row, y in enumerate(range(800, 990, 46)):
        pen.line([(row * 90, y), (row * 90 + 640, y)], fill=CREAM, width=6)
    for x in (930, 1060, 1190, 1320):
        pen.rectangle((x, 690, x + 86, 770), fill=CREAM)
        pen.polygon([(x - 10, 690), (x + 43, 636), (x + 96, 690)], fill=BRICK)
        pen.rectangle((x + 34, 726, x + 54, 770), fill=PLUM)


def _valley(pen):
    pen.polygon([(0, 520), (360, 260), (760, 560), (1500, 200), (1500, 800), (0, 800)], fill=GREEN)
    pen.polygon([(0, 640), (1500, 520), (1500, 820), (0, 820)], fill="#5b8a5f")
    pen.polygon([(250, 760), (250, 430), (430, 300), (610, 430), (610, 760)], fill=SLATE)
    for x in (305, 400, 495):
        pen.pieslice((x, 500, x + 60, 620), 180, 360, fill=GOLD)
        pen.rectangle((x, 560, x + 60, 690), fill=GOLD)
    pen.rectangle((0, 800, WIDTH, HEIGHT), fill="#8d8577")
    pen.rounded_rectangle((760, 560, 1330, 850), 40, fill=BRICK)
    for x in range(800, 1290, 120):
        pen.rounded_rectangle((x, 610, x + 90, 710), 12, fill=CREAM)
    for x in (840, 1180):
        pen.ellipse((x, 790, x + 110, 900), fill="#251823")
        pen.ellipse((x + 34, 824, x + 76, 866), fill=CREAM)
    pen.ellipse((990, 70, 1330, 410), fill=CREAM, outline=PLUM, width=20)
    # Ten to four.
    pen.line([(1160, 240), (1248, 226)], fill=PLUM, width=18)
    pen.line([(1160, 240), (1056, 180)], fill=PLUM, width=12)
    pen.ellipse((1144, 224, 1176, 256), fill=GOLD)


def _estate(pen):
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill=PLUM)
    pen.polygon([(1180, 860), (1204, 140), (1276, 140), (1300, 860)], fill=BRICK)
    for size, (x, y) in ((70, (1290, 110)), (90, (1380, 70)), (60, (1230, 90))):
        pen.ellipse((x - size, y - size // 2, x + size, y + size // 2), fill="#6a3157")
    lit = {(0, 2, 1), (1, 4, 2), (2, 1, 0)}
    for block, (x, top) in enumerate(((120, 380), (480, 220), (840, 460))):
        pen.rectangle((x, top, x + 280, 860), fill=SLATE)
        for row, y in enumerate(range(top + 40, 800, 88)):
            for column in range(3):
                left = x + 34 + column * 78
                colour = GOLD if (block, row, column) in lit else "#3b2338"
                pen.rectangle((left, y, left + 54, y + 54), fill=colour)
    pen.rectangle((0, 860, WIDTH, HEIGHT), fill="#2c1023")
    pen.rectangle((0, 900, WIDTH, 912), fill=GOLD)

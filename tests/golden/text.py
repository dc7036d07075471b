"""JSON for reading and for diffs: in order, a space of indentation, and on one line what fits there."""
import json

WIDTH = 118


def flat(value):
    return json.dumps(value, ensure_ascii=False)


def is_scalar(value):
    return not isinstance(value, (dict, list))


def fill(items, indent):
    """Lines of as many scalars as fit."""
    lines, line = [], ""
    for i, item in enumerate(items):
        piece = flat(item) + ("," if i + 1 < len(items) else "")
        if line and len(line) + 1 + len(piece) > WIDTH - indent:
            lines.append(line)
            line = piece
        else:
            line = line + " " + piece if line else piece
    return lines + [line]


def render(value, indent=0):
    text = flat(value)
    if is_scalar(value) or not value or (indent > 0 and len(text) + indent <= WIDTH):
        return text
    pad = " " * (indent + 1)
    if isinstance(value, dict):
        parts = [f"{flat(k)}: {render(v, indent + 1)}" for k, v in value.items()]
        opening, closing = "{", "}"
    else:
        opening, closing = "[", "]"
        if all(is_scalar(v) for v in value):
            return "[\n" + "\n".join(pad + line for line in fill(value, indent + 1)) + "\n" + " " * indent + "]"
        parts = [render(v, indent + 1) for v in value]
    return opening + "\n" + ",\n".join(pad + p for p in parts) + "\n" + " " * indent + closing

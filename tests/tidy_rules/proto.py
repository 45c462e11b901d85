"""Reads .proto files as statements with their comments, to see that a contract explains itself."""
import re

ACCESS = "hotline.access.v1.access"


class Reader:
    def __init__(self, text):
        self.text, self.i = text, 0
        self.leading = False  # a comment stands right before the next statement

    def line(self, at):
        return self.text.count("\n", 0, at) + 1

    def skip_space(self):
        """Moves over blanks and comments; notes whether a comment stands alone on a line before what follows."""
        blank_lines = 0
        while self.i < len(self.text):
            c = self.text[self.i]
            if c == "\n":
                blank_lines += 1
                if blank_lines > 1:
                    self.leading = False
                self.i += 1
            elif c.isspace():
                self.i += 1
            elif self.text.startswith(("//", "/*"), self.i):
                own_line = not self.text[self.text.rfind("\n", 0, self.i) + 1:self.i].strip()
                if self.text.startswith("//", self.i):
                    end = self.text.find("\n", self.i)
                    end = len(self.text) if end < 0 else end
                else:
                    end = self.text.find("*/", self.i)
                    end = len(self.text) if end < 0 else end + 2
                words = re.sub(r"[/*\s]", "", self.text[self.i:end])
                self.leading = self.leading or (own_line and bool(words))
                self.i, blank_lines = end, 0
            else:
                return True
        return False

    def statement(self):
        """Reads to ';', '{' or '}' at depth 0 of brackets and strings; returns (start, end, text, terminator)."""
        start, depth = self.i, 0
        while self.i < len(self.text):
            c = self.text[self.i]
            if c in "\"'":
                end = self.i + 1
                while end < len(self.text) and self.text[end] != c:
                    end += 2 if self.text[end] == "\\" else 1
                self.i = end
            elif self.text.startswith("//", self.i):
                end = self.text.find("\n", self.i)
                self.i = len(self.text) if end < 0 else end
                continue
            elif c in "[(":
                depth += 1
            elif c in "])":
                depth -= 1
            elif depth == 0 and c in ";{}":
                self.i += 1
                return start, self.i, self.text[start:self.i - 1].strip(), c
            self.i += 1
        return start, self.i, self.text[start:].strip(), ""

    def body(self):
        """Reads to the brace that closes the one just read; returns what lies between."""
        start, depth = self.i, 1
        while self.i < len(self.text) and depth:
            c = self.text[self.i]
            if c == '"':
                self.i = self.text.find('"', self.i + 1)
            depth += (c == "{") - (c == "}")
            self.i += 1
        return self.text[start:self.i - 1]

    def trailing(self, start, end):
        """A comment on one of the statement's own lines explains it too."""
        stop = self.text.find("\n", end)
        stop = len(self.text) if stop < 0 else stop
        return "//" in re.sub(r'"[^"\n]*"', "", self.text[start:stop])


def problems(text, needs_access=True):
    reader, found, blocks = Reader(text), [], []

    def want_comment(start, end, leading, what):
        if not leading and not reader.trailing(start, end):
            found.append((reader.line(start), "comment", f"{what} has no comment"))

    while True:
        reader.leading = False
        if not reader.skip_space():
            return found
        leading = reader.leading
        start, end, statement, stop = reader.statement()
        words = statement.split()
        if stop == "}":
            if blocks:
                blocks.pop()
            continue
        kind = words[0] if words else ""
        if kind == "rpc":
            want_comment(start, end, leading, f"rpc {words[1].split('(')[0]}")
            body = reader.body() if stop == "{" else ""
            if needs_access and ACCESS not in body:
                found.append((reader.line(start), "access", f"rpc {words[1].split('(')[0]} says not who may call it ({ACCESS})"))
        elif stop == "{" and kind == "option":
            reader.body()
        elif stop == "{":
            if kind in ("message", "enum", "service"):
                want_comment(start, end, leading, f"{kind} {words[1]}")
            blocks.append(kind)
        elif kind not in ("", "option", "reserved", "extensions", "syntax", "package", "import") and blocks:
            field = re.match(r"(.*?)\s*=\s*-?\w+", statement.split("[")[0], re.S)
            name = field.group(1).split()[-1] if field else words[0]
            # The zero value of an enum means what it means everywhere: nothing was said.
            if not (blocks[-1] == "enum" and name.endswith("_UNSPECIFIED")):
                want_comment(start, end, leading, f"{'value' if blocks[-1] == 'enum' else 'field'} {name}")

"""A reader of C++ just good enough to find functions and string literals: it counts braces, it does not parse."""
import re

RAW = re.compile(r'(?:u8|u|U|L)?R"([^()\\\s]{0,16})\(')


def strip(text):
    """Returns (code, literals): `code` has comments, literals and preprocessor lines blanked, every newline kept;
    literals are (line, contents)."""
    out, literals, i, line, n = [], [], 0, 1, len(text)

    def blank(chunk):
        out.append("".join("\n" if c == "\n" else " " for c in chunk))

    line_start = True
    while i < n:
        c = text[i]
        if line_start and re.match(r"[ \t]*#", text[i:i + 80]):
            j = i
            while j < n and (text[j] != "\n" or text[j - 1] == "\\"):
                j += 1
        elif text.startswith("//", i):
            j = text.find("\n", i)
            j = n if j < 0 else j
        elif text.startswith("/*", i):
            j = text.find("*/", i + 2)
            j = n if j < 0 else j + 2
        elif c in "RuUL" and (i == 0 or not (text[i - 1].isalnum() or text[i - 1] == "_")) and RAW.match(text, i):
            opening = RAW.match(text, i)
            closing = ")" + opening.group(1) + '"'
            end = text.find(closing, opening.end())
            end = n if end < 0 else end
            literals.append((line, text[opening.end():end]))
            j = min(n, end + len(closing))
        elif c == '"' or (c == "'" and not (i > 0 and text[i - 1].isalnum() and i + 1 < n and text[i + 1].isalnum())):
            j = i + 1
            while j < n and text[j] != c and text[j] != "\n":
                j += 2 if text[j] == "\\" else 1
            if c == '"':
                literals.append((line, text[i + 1:j]))
            j = min(n, j + 1)
            out.append('"')  # a literal is still a token: it must not look like an empty place
            blank(text[i + 1:j])
            line += text.count("\n", i, j)
            i, line_start = j, False
            continue
        else:
            out.append(c)
            line_start = c == "\n" or (line_start and c in " \t")
            line += c == "\n"
            i += 1
            continue
        blank(text[i:j])
        line += text.count("\n", i, j)
        line_start = j > 0 and text[j - 1] == "\n"
        i = j
    return "".join(out), merge(literals, text)


def merge(literals, text):
    """Adjacent literals are one string to the compiler; here those on touching lines are put together."""
    merged, last = [], None
    for line, value in literals:
        if merged and last is not None and line - last <= 1:
            merged[-1] = (merged[-1][0], merged[-1][1] + " " + value)
        else:
            merged.append((line, value))
        last = line + value.count("\n")
    return merged


def drop_templates(header):
    """Removes leading template<...> clauses and access labels."""
    while True:
        header = re.sub(r"^\s*((public|private|protected|signals)\s*:(?!:)|\[\[[^\]]*\]\])", "", header).lstrip()
        found = re.match(r"template\s*<", header)
        if not found:
            return header
        depth, i = 1, found.end()
        while i < len(header) and depth:
            depth += (header[i] == "<") - (header[i] == ">")
            i += 1
        header = header[i:]


def outside_parens(header):
    depth, out = 0, []
    for c in header:
        if c in "([":
            depth += 1
            if depth == 1:
                out.append(c)
        elif c in ")]":
            depth -= 1
            if depth == 0:
                out.append(c)
        elif depth == 0:
            out.append(c)
    return "".join(out)


def classify(header):
    """What a brace that follows `header` opens: container, function or init (a braced value)."""
    header = drop_templates(header)
    flat = outside_parens(header).strip()
    if re.match(r"(inline\s+)?namespace\b|extern\s*\"|export\b", flat):
        return "container"
    if re.match(r"(typedef\s+)?(class|struct|union|enum)\b", flat) and not re.match(r"(class|struct)\s+[\w:]+[\s*&]+\w+\s*\(", header):
        return "container"
    if ")" not in flat:
        return "init"
    assigned = re.search(r"(?<!operator)(?<![=!<>+\-*/%&|^])\s=\s*(?!=)(.*)$", re.sub(r"operator\s*\W+\(", "operator(", flat), re.S)
    if assigned:
        return "function" if "[" in assigned.group(1) else "init"
    if re.search(r"\)[^:]*(?<!:):(?!:)", flat) and re.search(r"[\w>]$", flat):
        return "init"  # a member initialised with braces, in a constructor's list
    return "function"


def functions(code):
    """Returns ([(first line, lines, title)], balanced). Only outermost functions: what lies inside is shorter."""
    found, stack, header_start, outer, i = [], [], 0, None, 0
    parens = 0
    for i, c in enumerate(code):
        if outer is not None:
            if c == "{":
                stack.append("block")
            elif c == "}":
                stack.pop()
                if len(stack) == outer[0]:
                    end = code.count("\n", 0, i) + 1
                    found.append((outer[1], end - outer[1] + 1, outer[2]))
                    outer, header_start, parens = None, i + 1, 0
            continue
        if c == "(":
            parens += 1
        elif c == ")":
            parens -= 1
        elif c == ";" and parens <= 0:
            header_start = i + 1
        elif c == "{":
            header = code[header_start:i]
            kind = classify(header) if parens <= 0 else "init"
            if kind == "function":
                first = code.count("\n", 0, header_start + len(header) - len(header.lstrip())) + 1
                outer = (len(stack), first, title(header))
                stack.append("function")
            else:
                stack.append((kind, parens))
                if kind == "container":
                    header_start, parens = i + 1, 0
                else:
                    parens = 1 << 20  # everything inside a braced value belongs to it
        elif c == "}":
            if not stack:
                return found, False
            kind, parens = stack.pop()
            if kind == "container":
                header_start, parens = i + 1, 0
    return found, not stack


def title(header):
    header = drop_templates(header)
    found = re.search(r"([\w:~]+)\s*\(", header)
    return found.group(1) if found else "lambda"

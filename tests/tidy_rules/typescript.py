"""Finds functions in formatted TypeScript by indentation. JSX text makes brace counting unreliable; indentation is not."""
import re

HEAD = re.compile(
    r"^(\s*)(?:"
    r"(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b\s*\*?\s*(?P<named>\w*)"
    r"|(?:export\s+)?(?:const|let)\s+(?P<bound>\w+)\b.*(?:=>\s*[{(]|\bfunction\b.*\{|\(\s*)$"
    r"|(?:(?:public|private|protected|static|async|get|set|override)\s+)*(?P<method>(?!if\b|for\b|while\b|switch\b|catch\b|return\b)\w+)\s*\(.*\{$"
    r")")


def functions(text):
    """Returns [(first line, lines, title)] of every function that a heading line opens."""
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines):
        head = HEAD.match(line)
        if not head or line.lstrip().startswith(("//", "*")):
            continue
        indent = len(head.group(1))
        title = head.group("named") or head.group("bound") or head.group("method") or "function"
        if line.rstrip().endswith(("}", "};")) and "{" in line:
            continue
        end = last_line(lines, number, indent)
        if head.group("bound") and not any("=>" in part or "function" in part for part in lines[number:min(end, number + 12) + 1]):
            continue
        found.append((number + 1, end - number + 1, title))
    return found


def last_line(lines, start, indent):
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            # ") {" and "}: Props) {" end the parameter list, not the function.
            if re.match(r"\s*[)}].*(\{|=>\s*\(?)$", line):
                continue
            return number if re.match(r"\s*[)}\]]", line) else number - 1
    return len(lines) - 1

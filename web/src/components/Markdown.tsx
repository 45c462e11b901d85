// The Markdown that articles use: headings, lists, tables, quotes, bold, code, links. It is turned into React elements, so
// nothing in an article can become markup or script.
import { Fragment, type ReactNode } from "react";

function inline(text: string): ReactNode[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\([^)\s]+\))/g).map((piece, i) => {
    if (piece.startsWith("**") && piece.endsWith("**") && piece.length > 4) return <b key={i}>{piece.slice(2, -2)}</b>;
    if (piece.startsWith("`") && piece.endsWith("`") && piece.length > 2) return <code key={i}>{piece.slice(1, -1)}</code>;
    const link = /^\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)$/.exec(piece);
    if (link)
      return (
        <a key={i} href={link[2]} target="_blank" rel="noreferrer noopener">
          {link[1]}
        </a>
      );
    return <Fragment key={i}>{piece}</Fragment>;
  });
}

const cells = (line: string) => line.replace(/^\s*\||\|\s*$/g, "").split("|").map((c) => c.trim());

type Block =
  | { kind: "h"; level: number; text: string }
  | { kind: "ul" | "ol"; items: string[] }
  | { kind: "quote" | "p"; text: string }
  | { kind: "table"; head: string[]; rows: string[][] };

export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let i = 0;
  const take = (pattern: RegExp): string[] => {
    const out: string[] = [];
    for (let m = pattern.exec(lines[i] ?? ""); m && i < lines.length; m = pattern.exec(lines[i] ?? "")) {
      out.push(m[1] ?? "");
      i += 1;
    }
    return out;
  };
  while (i < lines.length) {
    const line = lines[i] ?? "";
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (!line.trim()) i += 1;
    else if (heading) {
      blocks.push({ kind: "h", level: (heading[1] ?? "").length, text: heading[2] ?? "" });
      i += 1;
    } else if (/^\s*[-*]\s+/.test(line)) blocks.push({ kind: "ul", items: take(/^\s*[-*]\s+(.*)$/) });
    else if (/^\s*\d+[.、)]\s*/.test(line)) blocks.push({ kind: "ol", items: take(/^\s*\d+[.、)]\s*(.*)$/) });
    else if (/^>\s?/.test(line)) blocks.push({ kind: "quote", text: take(/^>\s?(.*)$/).join("\n") });
    else if (line.includes("|") && /^\s*\|?[\s:|-]+\|?\s*$/.test(lines[i + 1] ?? "") && (lines[i + 1] ?? "").includes("-")) {
      i += 2;
      blocks.push({ kind: "table", head: cells(line), rows: take(/^(.*\|.*)$/).map(cells) });
    } else {
      const text: string[] = [];
      while (i < lines.length && (lines[i] ?? "").trim() && (text.length === 0 || !/^(#{1,6}\s|\s*[-*]\s|>|\s*\d+[.、)])/.test(lines[i] ?? ""))) {
        text.push(lines[i] ?? "");
        i += 1;
      }
      blocks.push({ kind: "p", text: text.join("\n") });
    }
  }
  return blocks;
}

export function Markdown({ source }: { source: string }) {
  return (
    <div className="markdown">
      {parseMarkdown(source).map((block, i) => {
        switch (block.kind) {
          case "h": {
            const Heading = block.level <= 2 ? "h3" : "h4";
            return <Heading key={i}>{inline(block.text)}</Heading>;
          }
          case "ul":
          case "ol": {
            const List = block.kind;
            return <List key={i}>{block.items.map((item, n) => <li key={n}>{inline(item)}</li>)}</List>;
          }
          case "quote":
            return <blockquote key={i}>{inline(block.text)}</blockquote>;
          case "table":
            return (
              <table key={i}>
                <thead>
                  <tr>{block.head.map((c, n) => <th key={n}>{inline(c)}</th>)}</tr>
                </thead>
                <tbody>
                  {block.rows.map((row, r) => <tr key={r}>{row.map((c, n) => <td key={n}>{inline(c)}</td>)}</tr>)}
                </tbody>
              </table>
            );
          default:
            return <p key={i}>{inline(block.text)}</p>;
        }
      })}
    </div>
  );
}

// Found words come between U+0001 and U+0002.
export function Marked({ text }: { text: string }) {
  return (
    <>
      {text.split(/(\u0001[^\u0002]*\u0002)/g).map((piece, i) =>
        piece.startsWith("\u0001") ? <mark key={i}>{piece.slice(1, -1)}</mark> : <Fragment key={i}>{piece.replace(/[\u0001\u0002]/g, "")}</Fragment>,
      )}
    </>
  );
}

// The blocks of a document template in order, and the placeholders that can be put into their texts.
import { Button, Input, Select } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "@/components/Field";
import { type Faults, moved, pathBelow, without } from "./faults";
import { RowButtons } from "./Parts";
import { BLOCK_KINDS, BLOCK_TEXTS, blockOfKind, numbersOf, numbersText, PLACEHOLDERS, rowsOf, rowsText, type TemplateBlock, type TemplateField } from "./templates";

const MAX_BLOCKS = 100;

// Rows are typed freely and read as rows; what is typed stays as typed until the field is left.
function RowsField({ block, label, onChange, error }: { block: TemplateBlock; label: string; onChange: (rows: string[][]) => void; error: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Field label={label} hint={t("config.templates.rowsHint")} error={error}>
      {(c) => <Input.TextArea key={rowsText(block.rows)} id={c.id} status={c.status ?? ""} defaultValue={rowsText(block.rows)} autoSize={{ minRows: 2, maxRows: 20 }} onBlur={(e) => onChange(rowsOf(e.target.value))} />}
    </Field>
  );
}

function Numbers({ label, values, onChange, error }: { label: string; values: number[] | undefined; onChange: (values: number[] | undefined) => void; error: string | undefined }) {
  return (
    <Field label={label} className="third" error={error}>
      {(c) => <Input key={numbersText(values)} id={c.id} status={c.status ?? ""} defaultValue={numbersText(values)} onBlur={(e) => onChange(numbersOf(e.target.value))} />}
    </Field>
  );
}

function withKey(block: TemplateBlock, key: string, value: unknown): TemplateBlock {
  const next = { ...block, [key]: value };
  if (value === undefined) delete next[key];
  return next;
}

interface BlockProps {
  block: TemplateBlock;
  i: number;
  count: number;
  faults: Faults;
  onPut: (block: TemplateBlock) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
  onFocus: (key: string, element: HTMLTextAreaElement) => void;
}

function Block({ block, i, count, faults, onPut, onMove, onRemove, onFocus }: BlockProps) {
  const { t } = useTranslation();
  const at = `blocks[${i}]`;
  const fault = faults.at(at) ?? faults.at(`${at}.kind`);
  const name = `${t(`config.block.${block.kind}` as never, { defaultValue: block.kind }) as string} ${i + 1}`;
  return (
    <li className={faults.under(at) ? "rule bad" : "rule"} data-block={i}>
      <div className="block-head">
        <Select value={block.kind} onChange={(kind) => onPut(blockOfKind(block, kind))} aria-label={t("config.templates.kind", { at: i + 1 })} options={BLOCK_KINDS.map((value) => ({ value, label: t(`config.block.${value}` as never) as string }))} style={{ width: 130 }} />
        <span className="grow" />
        <RowButtons name={name} at={i} count={count} onMove={onMove} onRemove={onRemove} />
      </div>
      {fault && <div className="field-error" role="alert">{fault}</div>}
      {(BLOCK_TEXTS[block.kind] ?? []).map((key) => (
        <Field key={key} label={key === "text" ? "" : t(`config.blockText.${key}` as never) as string} error={faults.at(`${at}.${pathBelow("", key)}`)}>
          {(c) => (
            <Input.TextArea id={c.id} status={c.status ?? ""} value={String(block[key] ?? "")} autoSize={{ minRows: 1, maxRows: 12 }} aria-label={name} onFocus={(e) => onFocus(key, e.target as HTMLTextAreaElement)} onChange={(e) => onPut(withKey(block, key, e.target.value))} />
          )}
        </Field>
      ))}
      {block.kind === "form" && (
        <>
          <RowsField block={block} label={t("config.templates.rows")} error={faults.at(`${at}.rows`)} onChange={(rows) => onPut(withKey(block, "rows", rows))} />
          <div className="row">
            <Numbers label={t("config.templates.widths")} values={block.widths} error={faults.at(`${at}.widths`)} onChange={(widths) => onPut(withKey(block, "widths", widths))} />
            <Numbers label={t("config.templates.minLines")} values={block.min_lines} error={faults.at(`${at}.minLines`)} onChange={(lines) => onPut(withKey(block, "min_lines", lines))} />
          </div>
        </>
      )}
    </li>
  );
}

function Placeholders({ fields, onInsert }: { fields: TemplateField[]; onInsert: (name: string) => void }) {
  const { t } = useTranslation();
  const names = [...fields.map((f) => ({ value: f.id, label: f.name || f.id })), ...PLACEHOLDERS.map((value) => ({ value, label: t(`config.placeholder.${value}`) }))];
  return (
    <div className="placeholders" role="group" aria-label={t("config.templates.placeholders")}>
      <span className="quiet">{t("config.templates.placeholders")}</span>
      {names.map((one) => (
        <button key={one.value} type="button" title={`{{${one.value}}}`} onMouseDown={(e) => e.preventDefault()} onClick={() => onInsert(one.value)}>
          {one.label}
        </button>
      ))}
    </div>
  );
}

export function BlocksEditor({ blocks, fields, faults, onChange }: { blocks: TemplateBlock[]; fields: TemplateField[]; faults: Faults; onChange: (blocks: TemplateBlock[]) => void }) {
  const { t } = useTranslation();
  const last = useRef<{ at: number; key: string; element: HTMLTextAreaElement } | null>(null);
  const put = (i: number, block: TemplateBlock) => onChange(blocks.map((one, n) => (n === i ? block : one)));
  // Into the text that had the cursor last, at the cursor.
  const insert = (name: string) => {
    const target = last.current;
    const block = target ? blocks[target.at] : undefined;
    if (!target || !block) return;
    const text = String(block[target.key] ?? "");
    const { selectionStart, selectionEnd } = target.element;
    put(target.at, withKey(block, target.key, `${text.slice(0, selectionStart)}{{${name}}}${text.slice(selectionEnd)}`));
    target.element.focus();
  };
  return (
    <fieldset className="rows-editor">
      <legend>{t("config.templates.blocks")}</legend>
      <Placeholders fields={fields} onInsert={insert} />
      <ol className="blocks">
        {blocks.map((block, i) => (
          <Block
            key={i}
            block={block}
            i={i}
            count={blocks.length}
            faults={faults}
            onPut={(next) => put(i, next)}
            onMove={(to) => onChange(moved(blocks, i, to))}
            onRemove={() => onChange(without(blocks, i))}
            onFocus={(key, element) => (last.current = { at: i, key, element })}
          />
        ))}
      </ol>
      {faults.at("blocks") && <div className="field-error" role="alert">{faults.at("blocks")}</div>}
      <Button size="small" disabled={blocks.length >= MAX_BLOCKS} onClick={() => onChange([...blocks, { kind: "paragraph", text: "" }])}>
        {t("config.templates.addBlock")}
      </Button>
    </fieldset>
  );
}

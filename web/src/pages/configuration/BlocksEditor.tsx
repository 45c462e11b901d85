// The blocks of a document template in order, and the placeholders that can be put into their texts.
import { Button, Input, Select } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "@/components/Field";
import { type Faults, moved, without } from "./faults";
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
  const names = [...fields.map((f) => ({ value: f.id, label: f.name || f.id })), ...PLACEHOLDERS.map((value) => ({ value, label: t(`config.placeholder.${value}`) }))];
  return (
    <fieldset className="rows-editor">
      <legend>{t("config.templates.blocks")}</legend>
      <div className="placeholders" role="group" aria-label={t("config.templates.placeholders")}>
        <span className="quiet">{t("config.templates.placeholders")}</span>
        {names.map((one) => (
          <button key={one.value} type="button" title={`{{${one.value}}}`} onMouseDown={(e) => e.preventDefault()} onClick={() => insert(one.value)}>
            {one.label}
          </button>
        ))}
      </div>
      <ol className="blocks">
        {blocks.map((block, i) => {
          const at = `blocks[${i}]`;
          const fault = faults.at(at) ?? faults.at(`${at}.kind`);
          return (
            <li key={i} className={faults.under(at) ? "rule bad" : "rule"} data-block={i}>
              <div className="block-head">
                <Select value={block.kind} onChange={(kind) => put(i, blockOfKind(block, kind))} aria-label={t("config.templates.kind", { at: i + 1 })} options={BLOCK_KINDS.map((value) => ({ value, label: t(`config.block.${value}` as never) as string }))} style={{ width: 130 }} />
                <span className="grow" />
                <RowButtons name={`${t(`config.block.${block.kind}` as never, { defaultValue: block.kind }) as string} ${i + 1}`} at={i} count={blocks.length} onMove={(to) => onChange(moved(blocks, i, to))} onRemove={() => onChange(without(blocks, i))} />
              </div>
              {fault && <div className="field-error" role="alert">{fault}</div>}
              {(BLOCK_TEXTS[block.kind] ?? []).map((key) => (
                <Field key={key} label={key === "text" ? "" : t(`config.blockText.${key}` as never) as string} error={faults.at(`${at}.${key.replace(/_(.)/g, (_, c: string) => c.toUpperCase())}`)}>
                  {(c) => (
                    <Input.TextArea
                      id={c.id}
                      status={c.status ?? ""}
                      value={String(block[key] ?? "")}
                      autoSize={{ minRows: 1, maxRows: 12 }}
                      aria-label={`${t(`config.block.${block.kind}` as never) as string} ${i + 1}`}
                      onFocus={(e) => (last.current = { at: i, key, element: e.target as HTMLTextAreaElement })}
                      onChange={(e) => put(i, withKey(block, key, e.target.value))}
                    />
                  )}
                </Field>
              ))}
              {block.kind === "form" && (
                <>
                  <RowsField block={block} label={t("config.templates.rows")} error={faults.at(`${at}.rows`)} onChange={(rows) => put(i, withKey(block, "rows", rows))} />
                  <div className="row">
                    <Numbers label={t("config.templates.widths")} values={block.widths} error={faults.at(`${at}.widths`)} onChange={(widths) => put(i, withKey(block, "widths", widths))} />
                    <Numbers label={t("config.templates.minLines")} values={block.min_lines} error={faults.at(`${at}.minLines`)} onChange={(lines) => put(i, withKey(block, "min_lines", lines))} />
                  </div>
                </>
              )}
            </li>
          );
        })}
      </ol>
      {faults.at("blocks") && <div className="field-error" role="alert">{faults.at("blocks")}</div>}
      <Button size="small" disabled={blocks.length >= MAX_BLOCKS} onClick={() => onChange([...blocks, { kind: "paragraph", text: "" }])}>
        {t("config.templates.addBlock")}
      </Button>
    </fieldset>
  );
}

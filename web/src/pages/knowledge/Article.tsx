import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router-dom";
import * as api from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { Article } from "@/api/types";
import { keysOf, useKeys } from "@/app/shortcuts";
import { Field, Kbd } from "@/components/Field";
import { Markdown } from "@/components/Markdown";
import { Loaded, ProblemAlert } from "@/components/Problems";
import { CategorySelect, UnitSelect } from "@/components/Selects";
import { useCategoryName, useUnitName } from "@/lib/catalogue";
import { draftKey, dropDraft, readDraft, writeDraft } from "@/lib/drafts";
import { dayOf, endOfDay, exactTime } from "@/lib/format";
import { useStore } from "@/lib/store";

function ReviewBar({ article }: { article: Article }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const user = useStore(session)?.user;
  const [note, setNote] = useState("");
  const id = article.articleId ?? "";
  const etag = article.etag ?? "";
  const step = useMutation({
    mutationFn: (work: () => Promise<Article>) => work(),
    onSuccess: () => {
      message.success(t("action.done"));
      setNote("");
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["article", id] });
      void queries.invalidateQueries({ queryKey: ["articles"] });
    },
  });
  const edits = hasRole(user, "ROLE_KNOWLEDGE_EDITOR", "ROLE_KNOWLEDGE_REVIEWER", "ROLE_ADMIN");
  const reviews = hasRole(user, "ROLE_KNOWLEDGE_REVIEWER", "ROLE_ADMIN");
  if (!edits) return null;
  const state = article.state;
  return (
    <div className="review-bar">
      {step.isError && <ProblemAlert error={step.error} />}
      {state !== "ARTICLE_STATE_SUBMITTED" && (
        <Link to={`/knowledge/${id}/edit`} className="button-link">
          {t("knowledge.edit")}
        </Link>
      )}
      {state === "ARTICLE_STATE_DRAFT" && (
        <Button type="primary" loading={step.isPending} onClick={() => step.mutate(() => api.submitArticle(id, etag))}>
          {t("knowledge.submit")}
        </Button>
      )}
      {state === "ARTICLE_STATE_SUBMITTED" && reviews && (
        <>
          <Input value={note} onChange={(e) => setNote(e.target.value)} placeholder={t("knowledge.reviewNote")} aria-label={t("knowledge.reviewNote")} style={{ width: 280 }} />
          <Button type="primary" loading={step.isPending} onClick={() => step.mutate(() => api.reviewArticle(id, { etag, accepted: true, note }))}>
            {t("knowledge.publish")}
          </Button>
          <Button danger disabled={!note.trim()} onClick={() => step.mutate(() => api.reviewArticle(id, { etag, accepted: false, note }))}>
            {t("knowledge.sendBack")}
          </Button>
        </>
      )}
      {state === "ARTICLE_STATE_PUBLISHED" && (
        <>
          <Input value={note} onChange={(e) => setNote(e.target.value)} placeholder={t("knowledge.retireReason")} aria-label={t("knowledge.retireReason")} maxLength={200} style={{ width: 240 }} />
          <Button danger disabled={!note.trim()} onClick={() => step.mutate(() => api.retireArticle(id, { etag, reason: note.trim() }))}>
            {t("knowledge.retire")}
          </Button>
        </>
      )}
    </div>
  );
}

export function ArticleReader() {
  const { t } = useTranslation();
  const { articleId = "" } = useParams();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const query = useQuery({ queryKey: ["article", articleId], queryFn: () => api.getArticle(articleId) });
  return (
    <div className="page">
      <Link to="/knowledge">{t("common.back")}</Link>
      <Loaded query={query} rows={10}>
        {(article) => (
          <article className="column article">
            <h1>{article.title}</h1>
            <p className="quiet">
              {t(`enum.articleState.${article.state ?? "ARTICLE_STATE_UNSPECIFIED"}` as never) as string} · {t("knowledge.version", { version: article.version ?? 1 })} ·{" "}
              {unitName(article.unitId)} · {categoryName(article.categoryId)} · {exactTime(article.updateTime)}
              {article.expireTime ? ` · ${t("knowledge.until", { time: exactTime(article.expireTime).slice(0, 10) })}` : ""}
            </p>
            <ReviewBar article={article} />
            {article.answer && (
              <div className="answer-box">
                <h3>{t("knowledge.answer")}</h3>
                <p>{article.answer}</p>
              </div>
            )}
            <Markdown source={article.body ?? ""} />
          </article>
        )}
      </Loaded>
    </div>
  );
}

const KINDS = ["policy", "procedure", "duty", "contact", "guide", "question"] as const;

function ArticleFields({ article, set, setExpiry }: { article: Article; set: (part: Partial<Article>) => void; setExpiry: (day: string) => void }) {
  const { t } = useTranslation();
  return (
    <>
        <Field label={t("knowledge.title")} required>
          {(c) => <Input id={c.id} value={article.title ?? ""} maxLength={200} onChange={(e) => set({ title: e.target.value })} />}
        </Field>
        <div className="row">
          <Field label={t("ticket.unit")} required className="rest">
            {(c) => <UnitSelect control={c} value={article.unitId ?? ""} onChange={(unitId) => set({ unitId })} />}
          </Field>
          <Field label={t("ticket.category")} className="rest">
            {(c) => <CategorySelect control={c} value={article.categoryId ?? ""} onChange={(categoryId) => set({ categoryId })} />}
          </Field>
          <Field label={t("knowledge.kind")} className="third">
            {(c) => (
              <Select id={c.id} value={article.kind || null} onChange={(kind) => set({ kind: kind ?? "" })} options={KINDS.map((value) => ({ value, label: t(`knowledge.kinds.${value}`) }))} style={{ width: "100%" }} />
            )}
          </Field>
        </div>
        <Field label={t("knowledge.answer")} hint={t("knowledge.answerHint")}>
          {(c) => <Input.TextArea id={c.id} value={article.answer ?? ""} maxLength={2000} showCount autoSize={{ minRows: 3 }} onChange={(e) => set({ answer: e.target.value })} />}
        </Field>
        <Field label={t("knowledge.body")} required hint={t("knowledge.bodyHint")}>
          {(c) => <Input.TextArea id={c.id} value={article.body ?? ""} maxLength={50000} autoSize={{ minRows: 14 }} onChange={(e) => set({ body: e.target.value })} />}
        </Field>
        <Field label={t("knowledge.keywords")}>
          {(c) => <Select id={c.id} mode="tags" value={article.keywords ?? []} onChange={(keywords: string[]) => set({ keywords: keywords.slice(0, 30) })} style={{ width: "100%" }} open={false} suffixIcon={null} />}
        </Field>
        <div className="row">
          <Field label={t("knowledge.expires")} className="third">
            {(c) => <Input id={c.id} type="date" value={dayOf(article.expireTime)} onChange={(e) => setExpiry(e.target.value)} />}
          </Field>
          <Checkbox checked={!!article.public} onChange={(e) => set({ public: e.target.checked })}>
            {t("knowledge.public")}
          </Checkbox>
        </div>
    </>
  );
}

function EditorForm({ start, isNew }: { start: Article; isNew: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const userId = useStore(session)?.user.userId ?? "";
  const key = draftKey(userId, `article.${start.articleId ?? "new"}`);
  const [article, setArticle] = useState<Article>(() => ({ ...(readDraft<Article>(key) ?? start), ...(start.etag ? { etag: start.etag } : {}) }));
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (!touched) return undefined;
    const timer = setTimeout(() => writeDraft(key, article), 300);
    return () => clearTimeout(timer);
  }, [article, key, touched]);
  const set = (part: Partial<Article>) => {
    setTouched(true);
    setArticle((now) => ({ ...now, ...part }));
  };
  const setExpiry = (day: string) => {
    const { expireTime: _old, ...rest } = article;
    setTouched(true);
    setArticle(day ? { ...rest, expireTime: endOfDay(day) } : rest);
  };
  const save = useMutation({
    mutationFn: () => (isNew ? api.createArticle(article) : api.updateArticle(article)),
    onSuccess: (kept) => {
      dropDraft(key);
      void queries.invalidateQueries({ queryKey: ["articles"] });
      queries.removeQueries({ queryKey: ["article", kept.articleId] });
      navigate(`/knowledge/${kept.articleId}`);
    },
  });
  const good = !!article.title?.trim() && !!article.body?.trim() && !!article.unitId;
  const submit = () => good && !save.isPending && save.mutate();
  useKeys({ [keysOf("save")]: () => void submit() });
  return (
    <div className="editor">
      <form className="column" onSubmit={(e) => e.preventDefault()} aria-label={t("knowledge.edit")}>
        {save.isError && <ProblemAlert error={save.error} />}
        <ArticleFields article={article} set={set} setExpiry={setExpiry} />
        <div className="form-actions">
          <Button type="primary" disabled={!good} loading={save.isPending} onClick={submit}>
            {t("knowledge.saveDraft")} <Kbd keys="Ctrl+Enter" />
          </Button>
          <Button onClick={() => navigate(-1)}>{t("common.back")}</Button>
        </div>
      </form>
      <aside className="column" aria-label={t("knowledge.preview")}>
        <h2>{t("knowledge.preview")}</h2>
        <Markdown source={article.body ?? ""} />
      </aside>
    </div>
  );
}

export function ArticleEditor() {
  const { t } = useTranslation();
  const { articleId } = useParams();
  const user = useStore(session)?.user;
  const query = useQuery({ queryKey: ["article", articleId], queryFn: () => api.getArticle(articleId ?? ""), enabled: !!articleId });
  return (
    <div className="page">
      <h1>{t(articleId ? "knowledge.edit" : "knowledge.new")}</h1>
      {articleId ? (
        <Loaded query={query} rows={10}>
          {(article) => <EditorForm key={article.etag} start={article} isNew={false} />}
        </Loaded>
      ) : (
        <EditorForm start={{ unitId: user?.unitId ?? "", kind: "question" }} isNew />
      )}
    </div>
  );
}

// The knowledge base: search and read; for its editors and reviewers also write, submit, review, retire.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Route, Routes, useNavigate, useSearchParams } from "react-router-dom";
import { listArticles, searchArticles } from "@/api/endpoints";
import { hasRole, session } from "@/api/session";
import type { ArticleState } from "@/api/types";
import { Marked } from "@/components/Markdown";
import { Loaded } from "@/components/Problems";
import { RelTime } from "@/components/Status";
import { useCategoryName, useUnitName } from "@/lib/catalogue";
import { useDebounced } from "@/lib/debounce";
import { useStore } from "@/lib/store";
import { ArticleEditor, ArticleReader } from "./Article";

const TABS: ArticleState[] = ["ARTICLE_STATE_PUBLISHED", "ARTICLE_STATE_SUBMITTED", "ARTICLE_STATE_DRAFT", "ARTICLE_STATE_RETIRED"];

function Hits({ words }: { words: string }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const categoryName = useCategoryName();
  const query = useQuery({
    queryKey: ["knowledge", words],
    queryFn: ({ signal }) => searchArticles({ query: words.slice(0, 100), pageSize: 50 }, signal),
    placeholderData: (before) => before,
  });
  return (
    <Loaded query={query} empty={t("knowledge.noneFits")} isEmpty={(a) => !a.hits?.length}>
      {(found) => (
        <div className="hits">
          {(found.hits ?? []).map((hit) => (
            <article className="hit" key={hit.articleId}>
              <Link to={`/knowledge/${hit.articleId}`}>
                <Marked text={hit.title ?? ""} />
              </Link>
              <p>
                <Marked text={hit.excerpt ?? ""} />
              </p>
              <p className="quiet">
                {unitName(hit.unitId)} · {categoryName(hit.categoryId)}
              </p>
            </article>
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Shelf({ state }: { state: ArticleState }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const query = useQuery({ queryKey: ["articles", state], queryFn: () => listArticles({ state, pageSize: 200 }) });
  return (
    <Loaded query={query} empty={t("knowledge.shelfEmpty")} isEmpty={(a) => !a.articles?.length}>
      {(answer) => (
        <ul className="shelf">
          {(answer.articles ?? []).map((article) => (
            <li key={article.articleId}>
              <Link to={`/knowledge/${article.articleId}`}>{article.title}</Link>
              <span className="quiet">
                {unitName(article.unitId)} · {t("knowledge.version", { version: article.version ?? 1 })} · <RelTime time={article.updateTime} />
              </span>
              {article.public && <span className="tag tag-green">{t("knowledge.public")}</span>}
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function Home() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const user = useStore(session)?.user;
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState(params.get("q") ?? "");
  const [tab, setTab] = useState<ArticleState>("ARTICLE_STATE_PUBLISHED");
  const words = useDebounced(typed.trim(), 200);
  const edits = hasRole(user, "ROLE_KNOWLEDGE_EDITOR", "ROLE_KNOWLEDGE_REVIEWER", "ROLE_ADMIN");
  return (
    <div className="page">
      <h1>{t("nav.knowledge")}</h1>
      <div className="filters" role="search" aria-label={t("knowledge.search")}>
        <Input.Search
          autoFocus
          allowClear
          value={typed}
          onChange={(e) => {
            setTyped(e.target.value);
            setParams(e.target.value ? { q: e.target.value } : {}, { replace: true });
          }}
          placeholder={t("knowledge.searchHere")}
          aria-label={t("knowledge.searchHere")}
          style={{ width: 420 }}
        />
        {edits && !words && (
          <Segmented<ArticleState> value={tab} onChange={setTab} options={TABS.map((value) => ({ value, label: t(`enum.articleState.${value}` as never) as string }))} aria-label={t("knowledge.shelf")} />
        )}
        {edits && (
          <Button type="primary" onClick={() => navigate("/knowledge/new")}>
            {t("knowledge.new")}
          </Button>
        )}
      </div>
      <div className="column">{words ? <Hits words={words} /> : <Shelf state={edits ? tab : "ARTICLE_STATE_PUBLISHED"} />}</div>
    </div>
  );
}

export default function KnowledgePage() {
  return (
    <Routes>
      <Route index element={<Home />} />
      <Route path="new" element={<ArticleEditor />} />
      <Route path=":articleId" element={<ArticleReader />} />
      <Route path=":articleId/edit" element={<ArticleEditor />} />
    </Routes>
  );
}

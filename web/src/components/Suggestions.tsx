// Knowledge that follows the typing: what fits, a preview, and the answer taken into the ticket.
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getArticle, searchArticles, suggestArticles } from "@/api/endpoints";
import type { ArticleHit } from "@/api/types";
import { useUnitName } from "@/lib/catalogue";
import { useDebounced } from "@/lib/debounce";
import { exactTime } from "@/lib/format";
import { Markdown, Marked } from "./Markdown";
import { Loaded, NothingHere, ProblemAlert } from "./Problems";

const TYPING_MS = 250;
const MIN_CHARS = 2;

function Preview({ articleId, onInsert, onBack }: { articleId: string; onInsert: (answer: string, id: string) => void; onBack: () => void }) {
  const { t } = useTranslation();
  const unitName = useUnitName();
  const query = useQuery({ queryKey: ["article", articleId], queryFn: () => getArticle(articleId) });
  return (
    <div className="preview">
      <Button size="small" onClick={onBack}>
        {t("common.back")}
      </Button>
      <Loaded query={query}>
        {(article) => (
          <article>
            <h3>{article.title}</h3>
            <p className="quiet">
              {unitName(article.unitId)} · {exactTime(article.updateTime)}
            </p>
            {article.answer && (
              <div className="answer-box">
                <p>{article.answer}</p>
                <Button size="small" type="primary" onClick={() => onInsert(article.answer ?? "", articleId)}>
                  {t("knowledge.insert")}
                </Button>
              </div>
            )}
            <Markdown source={article.body ?? ""} />
          </article>
        )}
      </Loaded>
    </div>
  );
}

export function Suggestions({
  text,
  categoryId,
  onInsert,
}: {
  text: string;
  categoryId: string;
  onInsert: (answer: string, articleId: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState("");
  const own = useDebounced(typed.trim(), TYPING_MS);
  const following = useDebounced(text.trim(), TYPING_MS).slice(0, 5000);
  const searching = own.length > 0;
  const query = useQuery({
    queryKey: ["suggest", searching ? own : following, searching ? "" : categoryId, searching],
    queryFn: ({ signal }) =>
      searching
        ? searchArticles({ query: own.slice(0, 100), pageSize: 10 }, signal)
        : suggestArticles({ text: following, categoryId, pageSize: 8 }, signal),
    enabled: searching || following.length >= MIN_CHARS,
    placeholderData: (before) => before, // what was found stays until the next is there: nothing flickers while typing
  });
  useEffect(() => setOpen(""), [own]);
  const hits: ArticleHit[] = query.data?.hits ?? [];
  return (
    <>
      <Input.Search
        value={typed}
        allowClear
        onChange={(e) => setTyped(e.target.value)}
        placeholder={t("knowledge.searchHere")}
        aria-label={t("knowledge.searchHere")}
        onKeyDown={(e) => e.key === "Enter" && hits[0] && setOpen(hits[0].articleId ?? "")}
      />
      {open ? (
        <Preview articleId={open} onInsert={onInsert} onBack={() => setOpen("")} />
      ) : (
        <div className="hits" aria-live="polite" aria-busy={query.isFetching}>
          {query.isError && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
          {!query.data && !query.isError && <p className="quiet">{t("knowledge.followsTyping")}</p>}
          {query.data && hits.length === 0 && <NothingHere text={t("knowledge.noneFits")} />}
          {hits.map((hit) => (
            <article key={hit.articleId} className="hit">
              <button type="button" className="hit-title" onClick={() => setOpen(hit.articleId ?? "")}>
                <Marked text={hit.title ?? ""} />
              </button>
              <p>
                <Marked text={hit.excerpt ?? ""} />
              </p>
              <div className="hit-actions">
                {hit.answer && (
                  <Button size="small" onClick={() => onInsert(hit.answer ?? "", hit.articleId ?? "")} aria-label={`${t("knowledge.insert")}: ${(hit.title ?? "").replace(/[\u0001\u0002]/g, "")}`}>
                    {t("knowledge.insert")}
                  </Button>
                )}
                {hit.expireTime && <span className="tag tag-grey">{t("knowledge.until", { time: exactTime(hit.expireTime).slice(0, 10) })}</span>}
              </div>
            </article>
          ))}
        </div>
      )}
    </>
  );
}

// Routes. Each screen is loaded when it is first opened; the wallboard does without Ant Design.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from "react";
import { BrowserRouter, Navigate, Outlet, Route, Routes, useLocation } from "react-router-dom";
import { asProblem } from "@/api/problem";
import { session } from "@/api/session";
import { addConfigurationTexts } from "@/i18n";
import { useStore } from "@/lib/store";
import { homeOf, maySee, SCREENS, type ScreenId } from "./nav";

const PAGES: Record<ScreenId, ComponentType> = {
  desk: lazy(() => import("@/pages/desk/DeskPage")),
  sorting: lazy(() => import("@/pages/sorting/SortingPage")),
  supervision: lazy(() => import("@/pages/supervision/SupervisionPage")),
  callbacks: lazy(() => import("@/pages/callbacks/CallbacksPage")),
  inbox: lazy(() => import("@/pages/inbox/InboxPage")),
  entry: lazy(() => import("@/pages/entry/EntryPage")),
  exchange: lazy(() => import("@/pages/exchange/ExchangePage")),
  tickets: lazy(() => import("@/pages/tickets/TicketsPage")),
  lead: lazy(() => import("@/pages/lead/LeadPage")),
  wallboard: lazy(() => import("@/pages/wallboard/WallboardPage")),
  figures: lazy(() => import("@/pages/figures/FiguresPage")),
  knowledge: lazy(() => import("@/pages/knowledge/KnowledgePage")),
  configuration: lazy(async () => {
    await addConfigurationTexts();
    return import("@/pages/configuration/ConfigurationPage");
  }),
  admin: lazy(() => import("@/pages/admin/AdminPage")),
};
const TicketPage = lazy(() => import("@/pages/ticket/TicketPage"));
const SignInPage = lazy(() => import("@/pages/signin/SignInPage"));
const Look = lazy(() => import("./Look"));
const Frame = lazy(() => import("./Frame"));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // A refusal stays a refusal; only what may pass is tried again.
      retry: (count, error) => {
        const { status } = asProblem(error);
        return count < 2 && (status === 0 || status === 502 || status === 503 || status === 504);
      },
    },
  },
});

function SignedIn() {
  const now = useStore(session);
  const location = useLocation();
  useEffect(() => {
    if (!now) queries.clear(); // nothing of one user stays for the next
  }, [now]);
  if (!now) return <Navigate to="/sign-in" replace state={{ from: `${location.pathname}${location.search}` }} />;
  return <Outlet />;
}

function Guarded({ id }: { id: ScreenId }) {
  const user = useStore(session)?.user;
  const screen = SCREENS.find((s) => s.id === id);
  const Page = PAGES[id];
  if (!screen || !maySee(user, screen)) return <Navigate to={homeOf(user)} replace />;
  return <Page />;
}

function Home() {
  const user = useStore(session)?.user;
  return <Navigate to={homeOf(user)} replace />;
}

function Providers({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={queries}>
      <BrowserRouter future={{ v7_startTransition: true, v7_relativeSplatPath: true }}>
        <Suspense fallback={null}>{children}</Suspense>
      </BrowserRouter>
    </QueryClientProvider>
  );
}

export function App() {
  return (
    <Providers>
      <Routes>
        <Route element={<Look />}>
          <Route path="/sign-in" element={<SignInPage />} />
          <Route element={<SignedIn />}>
            <Route element={<Frame />}>
              <Route index element={<Home />} />
              {SCREENS.filter((s) => s.id !== "wallboard").map((s) => (
                <Route key={s.id} path={["knowledge", "configuration", "admin"].includes(s.id) ? `${s.path}/*` : s.path} element={<Guarded id={s.id} />} />
              ))}
              <Route path="/tickets/:ticketId" element={<TicketPage />} />
              <Route path="*" element={<Home />} />
            </Route>
          </Route>
        </Route>
        <Route element={<SignedIn />}>
          <Route path="/wallboard" element={<Guarded id="wallboard" />} />
        </Route>
      </Routes>
    </Providers>
  );
}

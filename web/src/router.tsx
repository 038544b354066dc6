import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { queries } from "./api/client";
import { asProblem } from "./api/problem";
import { LostPage } from "./parts/LostPage";
import { PageSkeleton } from "./parts/PageSkeleton";
import { ErrorPage } from "./parts/Trouble";
import { calendarSearch } from "./routes/calendar/address";
import { HomePage } from "./routes/home/HomePage";
import { SignInPage } from "./routes/sign-in/SignInPage";
import { isAdministrator, meQuery } from "./session/me";
import { Frame } from "./shell/Frame";

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: LostPage });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  // Only a path of this site may be the place to go on to.
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === "string" && /^\/(?![/\\])/.test(search.to) ? { to: search.to } : {},
  component: SignInPage,
});

const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "frame",
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(meQuery);
    } catch (error) {
      if (asProblem(error).status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
    }
  },
  component: Frame,
  errorComponent: ErrorPage,
});

const homeRoute = createRoute({ getParentRoute: () => frameRoute, path: "/", component: HomePage });

export const calendarRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/calendar",
  validateSearch: calendarSearch,
  component: lazyRouteComponent(() => import("./routes/calendar/CalendarPage"), "CalendarPage"),
});

const conflictsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/calendar/conflicts",
  component: lazyRouteComponent(() => import("./routes/conflicts/ConflictsPage"), "ConflictsPage"),
});

export const conflictRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/calendar/conflicts/$conflictId",
  component: lazyRouteComponent(() => import("./routes/conflicts/ConflictPage"), "ConflictPage"),
});

const deletedRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/calendar/deleted",
  component: lazyRouteComponent(() => import("./routes/deleted/DeletedPage"), "DeletedPage"),
});

const sessionsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/sessions",
  component: lazyRouteComponent(() => import("./routes/sessions/SessionsPage"), "SessionsPage"),
});

export const googleRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/google",
  component: lazyRouteComponent(() => import("./routes/google/GooglePage"), "GooglePage"),
});

async function administratorsOnly() {
  if (!isAdministrator(await queries.ensureQueryData(meQuery))) throw redirect({ to: "/" });
}

const accessRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/access",
  beforeLoad: administratorsOnly,
  component: lazyRouteComponent(() => import("./routes/access/AccessPage"), "AccessPage"),
});

const journalRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: "/journal",
  beforeLoad: administratorsOnly,
  component: lazyRouteComponent(() => import("./routes/journal/JournalPage"), "JournalPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    frameRoute.addChildren([
      homeRoute,
      calendarRoute,
      conflictsRoute,
      conflictRoute,
      deletedRoute,
      sessionsRoute,
      googleRoute,
      accessRoute,
      journalRoute,
    ]),
  ]),
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: ErrorPage,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Face } from "../parts/Face";
import { Mark } from "../parts/Mark";
import { useMe } from "../session/me";
import { type Place, placesOf, waitingAt } from "./places";
import classes from "./Rail.module.css";

function RailLink({ place, folded }: { place: Place; folded: boolean }) {
  const { t } = useTranslation();
  const waiting = waitingAt(useMe(), place);
  const title = t(place.title);
  return (
    <Tooltip label={title} position="right" disabled={!folded}>
      <Link
        to={place.to}
        className={classes.link}
        activeProps={{ className: `${classes.link} ${classes.here}`, "aria-current": "page" }}
        activeOptions={{ exact: place.to === "/", includeSearch: false }}
      >
        <place.Icon size={18} stroke={1.8} aria-hidden />
        <span className={folded ? "visually-hidden" : undefined}>{title}</span>
        {waiting > 0 && (
          <span className={classes.count}>
            <span aria-hidden="true">{waiting}</span>
            <span className="visually-hidden">{t("frame.waiting", { count: waiting })}</span>
          </span>
        )}
      </Link>
    </Tooltip>
  );
}

/** The places at the left; folds to icons. */
export function Rail({ folded, onFold }: { folded: boolean; onFold: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const places = placesOf(me);
  return (
    <nav className={classes.rail} data-folded={folded || undefined} aria-label={t("frame.places")}>
      <Link to="/" className={classes.brand} aria-label="Portico">
        <Mark />
        {!folded && "Portico"}
      </Link>
      {places
        .filter((place) => place.daily)
        .map((place) => (
          <RailLink key={place.to} place={place} folded={folded} />
        ))}
      <hr className={classes.line} />
      {places
        .filter((place) => !place.daily)
        .map((place) => (
          <RailLink key={place.to} place={place} folded={folded} />
        ))}
      <div className={classes.foot}>
        {!folded && (
          <div className={classes.who}>
            <Face name={me.user.name} />
            <div className="grow">
              <b className="clip">{me.user.name}</b>
              <span className="clip">{me.tenant.name}</span>
            </div>
          </div>
        )}
        <UnstyledButton
          className={classes.fold}
          onClick={onFold}
          aria-label={folded ? t("frame.unfold") : t("frame.fold")}
          aria-expanded={!folded}
        >
          {folded ? (
            <IconLayoutSidebarLeftExpand size={18} stroke={1.7} />
          ) : (
            <IconLayoutSidebarLeftCollapse size={18} stroke={1.7} />
          )}
        </UnstyledButton>
      </div>
    </nav>
  );
}

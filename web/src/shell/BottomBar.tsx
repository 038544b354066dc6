import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../session/me";
import classes from "./BottomBar.module.css";
import { placesOf, waitingAt } from "./places";

/** The places on a phone. */
export function BottomBar() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <nav className={classes.bar} aria-label={t("frame.places")}>
      {placesOf(me).map((place) => {
        const waiting = waitingAt(me, place);
        return (
          <Link
            key={place.to}
            to={place.to}
            className={classes.link}
            activeProps={{ className: `${classes.link} ${classes.here}`, "aria-current": "page" }}
            activeOptions={{ exact: place.to === "/", includeSearch: false }}
          >
            <span className={classes.icon}>
              <place.Icon size={21} stroke={1.8} aria-hidden />
              {waiting > 0 && (
                <span className={classes.count}>
                  <span aria-hidden="true">{waiting}</span>
                  <span className="visually-hidden">{t("frame.waiting", { count: waiting })}</span>
                </span>
              )}
            </span>
            {t(place.title)}
          </Link>
        );
      })}
    </nav>
  );
}

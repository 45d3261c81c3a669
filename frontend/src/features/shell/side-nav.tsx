import { Link } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import { Mark } from "./mark";
import { PLACES } from "./navigation";
import classes from "./shell.module.css";

/** The bank on the left: where one can go. */
export function SideNav({ onGo }: { onGo?: () => void }) {
  return (
    <>
      <Link to="/" className={classes.brand} {...(onGo ? { onClick: onGo } : {})}>
        <Mark />
        <span>{t.common.product}</span>
      </Link>
      <nav aria-label={t.common.nav.label} className={classes.places}>
        {PLACES.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className={classes.place}
            activeOptions={{ exact: to === "/", includeSearch: false }}
            activeProps={{ "aria-current": "page" }}
            {...(onGo ? { onClick: onGo } : {})}
          >
            <Icon size={18} stroke={1.7} aria-hidden />
            {label}
          </Link>
        ))}
      </nav>
      <svg className={classes.meander} viewBox="0 0 240 160" preserveAspectRatio="none" fill="none" aria-hidden>
        <path d="M-10 30C60 10 70 70 130 58s70-50 130-30" />
        <path d="M-10 66c60-14 84 40 144 28s66-44 120-30" />
        <path d="M-10 104c56-10 90 30 150 20s64-36 110-26" />
        <path d="M-10 142c60-6 100 22 156 14s60-26 104-20" />
      </svg>
    </>
  );
}

import classes from "./session.module.css";

/** Streams that run together: the picture of the product, drawn with lines. */
export function Springs() {
  return (
    <svg className={classes.springs} viewBox="0 0 480 640" preserveAspectRatio="xMidYMid slice" fill="none" aria-hidden>
      <path d="M40 -10C60 120 170 130 190 250s30 150 40 400" strokeWidth="3" />
      <path d="M120 -20c4 90 64 150 74 290" strokeWidth="2" opacity=".7" />
      <path d="M250 -10C244 90 200 180 203 330" strokeWidth="2" opacity=".8" />
      <path d="M340 -10c-8 180-118 190-126 412" strokeWidth="2.5" opacity=".6" />
      <path d="M450 -10C444 210 246 230 226 566" strokeWidth="2.5" opacity=".8" />
      <path d="M-10 130c100 20 190 80 214 200" strokeWidth="1.5" opacity=".5" />
      <path d="M490 250c-120 20-244 110-262 352" strokeWidth="1.5" opacity=".5" />
      <path d="M-10 330c120 10 214 60 233 176" strokeWidth="1.5" opacity=".35" />
    </svg>
  );
}

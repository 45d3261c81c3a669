import classes from "./session.module.css";

/** Streams that run together: the picture of the product, drawn with lines. */
export function Springs() {
  return (
    <svg className={classes.springs} viewBox="0 0 480 640" preserveAspectRatio="xMidYMid slice" fill="none" aria-hidden>
      <path d="M40 -10C60 120 170 130 190 250s30 150 40 400" strokeWidth="3" />
      <path d="M120 -10c10 90 90 120 100 210" strokeWidth="2" opacity=".7" />
      <path d="M250 -10C240 90 200 130 205 260" strokeWidth="2" opacity=".8" />
      <path d="M340 -10c-10 150-120 150-125 330" strokeWidth="2.5" opacity=".6" />
      <path d="M450 -10C440 190 270 220 235 440" strokeWidth="2.5" opacity=".8" />
      <path d="M-10 130c90 20 180 70 205 170" strokeWidth="1.5" opacity=".5" />
      <path d="M490 240c-110 20-220 90-250 260" strokeWidth="1.5" opacity=".5" />
      <path d="M-10 330c110 10 210 60 236 180" strokeWidth="1.5" opacity=".35" />
    </svg>
  );
}

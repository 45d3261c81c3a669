/** Two springs and a brook that become one river. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="3"
      strokeLinecap="round"
      aria-hidden
    >
      <path d="M5 4c0 9 11 7 11 15v9" />
      <path d="M27 4c0 9-11 7-11 15" opacity=".72" />
      <path d="M16 4v7" opacity=".45" />
    </svg>
  );
}

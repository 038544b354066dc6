/** Portico's sign: an arch. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="var(--accent)"
      strokeWidth="2.2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M3 21h18M5 21V11a7 7 0 0 1 14 0v10M9.5 21V12a2.5 2.5 0 0 1 5 0v9" />
    </svg>
  );
}

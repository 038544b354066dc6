export const colourNames = ["teal", "blue", "violet", "rose", "amber", "green", "slate", "cyan"] as const;
export type ColourName = (typeof colourNames)[number];

/** How each of ours is kept by the server: as a colour that any other program can show. */
export const storedColours: Record<ColourName, string> = {
  teal: "#0f766e",
  blue: "#2563c9",
  violet: "#7044c4",
  rose: "#bf3569",
  amber: "#a86200",
  green: "#2f7d32",
  slate: "#56636f",
  cyan: "#0b7490",
};

// Where each of ours lies on the colour wheel; slate is what has no hue.
const hues: [ColourName, number][] = [
  ["rose", 340],
  ["amber", 32],
  ["green", 122],
  ["teal", 180],
  ["cyan", 196],
  ["blue", 218],
  ["violet", 265],
];

// Google's eleven event colours by their ids.
const googleEventColours: Record<string, ColourName> = {
  "1": "violet",
  "2": "green",
  "3": "violet",
  "4": "rose",
  "5": "amber",
  "6": "amber",
  "7": "cyan",
  "8": "slate",
  "9": "blue",
  "10": "teal",
  "11": "rose",
};

/**
 * The nearest of our eight colours: they are readable in both schemes, whereas a calendar may come with any colour.
 * Takes our names, Google's event colour ids and #rrggbb.
 */
export function colourName(colour: string | null | undefined): ColourName {
  if (!colour) return "teal";
  if (colourNames.includes(colour as ColourName)) return colour as ColourName;
  const byId = googleEventColours[colour];
  if (byId) return byId;
  const hex = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) return "teal";
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((part) => Number.parseInt(part, 16) / 255);
  const high = Math.max(red, green, blue);
  const spread = high - Math.min(red, green, blue);
  if (high === 0 || spread / high < 0.25) return "slate";
  let hue = 0;
  if (high === red) hue = ((green - blue) / spread) % 6;
  else if (high === green) hue = (blue - red) / spread + 2;
  else hue = (red - green) / spread + 4;
  hue = (hue * 60 + 360) % 360;
  let best: ColourName = "teal";
  let least = 360;
  for (const [name, at] of hues) {
    const distance = Math.min(Math.abs(at - hue), 360 - Math.abs(at - hue));
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/** The same as a value for CSS. */
export function colourOf(colour: string | null | undefined): string {
  return `var(--ev-${colourName(colour)})`;
}

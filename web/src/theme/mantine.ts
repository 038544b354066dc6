import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  InputWrapper,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  Popover,
  Radio,
  SegmentedControl,
  Switch,
  Tabs,
  type VariantColorsResolver,
} from "@mantine/core";

// Mantine wants ten shades; the tokens decide what is seen, these only fill in between.
const teal: MantineColorsTuple = [
  "#e3f3f1",
  "#c9e7e3",
  "#9fd5ce",
  "#71c1b7",
  "#4bafa3",
  "#2d9c90",
  "#178479",
  "#0f766e",
  "#0b5c56",
  "#084540",
];

// Mantine's own greys of the dark scheme, brought to ours.
const dark: MantineColorsTuple = [
  "#e7eaec",
  "#a3adb6",
  "#87919a",
  "#5b6570",
  "#3d454c",
  "#2a3035",
  "#191d20",
  "#191d20",
  "#121517",
  "#0e1113",
];

/** Filled buttons take their ink from the tokens: dark ink on the bright teal of the dark scheme. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  const danger = input.color === "red";
  const primary = input.color === undefined || input.color === "teal" || input.color === input.theme.primaryColor;
  if (input.variant === "filled" && primary) {
    return { ...resolved, background: "var(--accent)", hover: "var(--accent-strong)", color: "var(--on-accent)" };
  }
  if (input.variant === "filled" && danger) {
    return { ...resolved, background: "var(--stop)", hover: "var(--stop)", color: "var(--surface)" };
  }
  if (input.variant === "subtle" && danger) {
    return { ...resolved, background: "transparent", hover: "var(--stop-weak)", color: "var(--stop)" };
  }
  if (input.variant === "subtle" && (primary || input.color === "gray")) {
    return { ...resolved, background: "transparent", hover: "var(--sunken)", color: "var(--muted)" };
  }
  if (input.variant === "light" && primary) {
    return {
      ...resolved,
      background: "var(--accent-weak)",
      hover: "var(--accent-weak)",
      color: "var(--accent-strong)",
    };
  }
  return resolved;
};

export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: 7,
  colors: { teal, dark },
  fontFamily: "var(--font)",
  fontFamilyMonospace: 'ui-monospace, Menlo, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "15px", xl: "18px" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.45", lg: "1.45", xl: "1.4" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  defaultRadius: "md",
  headings: { fontWeight: "600" },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  shadows: {
    xs: "var(--shadow-1)",
    sm: "var(--shadow-1)",
    md: "var(--shadow-2)",
    lg: "var(--shadow-2)",
    xl: "var(--shadow-2)",
  },
  variantColorResolver,
  components: {
    Button: Button.extend({
      defaultProps: { size: "sm" },
      styles: { root: { fontWeight: 600 } },
      vars: (_theme, { size }) => ({
        root: size === "sm" ? { "--button-height": "var(--control)", "--button-padding-x": "13px" } : {},
      }),
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: 32 } }),
    InputWrapper: InputWrapper.extend({
      styles: {
        label: { marginBottom: 4, fontSize: 13, fontWeight: 500 },
        description: { marginBottom: 4 },
        error: { marginTop: 4 },
      },
    }),
    Modal: Modal.extend({
      defaultProps: {
        padding: 20,
        centered: true,
        radius: "lg",
        overlayProps: { backgroundOpacity: 0.4 },
        transitionProps: { duration: 120 },
      },
      styles: { title: { fontSize: "var(--size-h2)", fontWeight: 600 } },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: "md", radius: "lg", transitionProps: { duration: 100 } } }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { withItemsBorders: false },
      styles: {
        root: { background: "var(--sunken)" },
        indicator: { background: "var(--surface)" },
        label: { fontWeight: 500 },
      },
    }),
    Notification: Notification.extend({ styles: { description: { color: "var(--muted)" } } }),
    // The tick stands on the accent, which is bright in the dark scheme.
    Checkbox: Checkbox.extend({ defaultProps: { iconColor: "var(--on-accent)" } }),
    Radio: Radio.extend({ defaultProps: { iconColor: "var(--on-accent)" } }),
    Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }),
    Tabs: Tabs.extend({ styles: { tab: { padding: "10px 12px", fontWeight: 500 } } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", transitionProps: { duration: 100 } } }),
  },
});

const sameInBoth = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-dimmed": "var(--muted)",
  "--mantine-color-placeholder": "var(--faint)",
  "--mantine-color-error": "var(--stop)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--sunken)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--border-strong)",
  "--mantine-color-disabled": "var(--sunken)",
  "--mantine-color-disabled-color": "var(--faint)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-strong)",
  "--mantine-primary-color-light": "var(--accent-weak)",
  "--mantine-primary-color-light-color": "var(--accent-strong)",
  "--mantine-color-teal-filled": "var(--accent)",
  "--mantine-color-teal-filled-hover": "var(--accent-strong)",
  "--mantine-color-teal-light": "var(--accent-weak)",
  "--mantine-color-teal-light-color": "var(--accent-strong)",
};

/** Mantine's colours as names of our tokens; the tokens themselves follow the scheme. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: sameInBoth,
  dark: sameInBoth,
});

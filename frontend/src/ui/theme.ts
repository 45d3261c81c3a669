import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const river: MantineColorsTuple = [
  "#e6f5f3",
  "#cfe9e6",
  "#a1d3ce",
  "#6fbcb5",
  "#47a79f",
  "#2b9690",
  "#17837f",
  "#0f6d70",
  "#0c5a5d",
  "#083f42",
];
const clay: MantineColorsTuple = [
  "#fdeeea",
  "#f8d9d1",
  "#f0b2a3",
  "#e88871",
  "#e16648",
  "#d9502f",
  "#cc4329",
  "#bf3b26",
  "#9a2b1a",
  "#6d1d11",
];
// Mantine's neutrals, with the green of the stones.
const gray: MantineColorsTuple = [
  "#f6f7f4",
  "#eff1ec",
  "#e6e9e3",
  "#dfe3dc",
  "#cdd3cb",
  "#aab3ab",
  "#868f88",
  "#5d6965",
  "#46534f",
  "#14211f",
];
const dark: MantineColorsTuple = [
  "#d7e2df",
  "#b5c3bf",
  "#93a39f",
  "#6b7d80",
  "#324045",
  "#243236",
  "#1a2629",
  "#131c1f",
  "#0f171a",
  "#0d1416",
];

/** Mantine's parts in Headwater's clothes; the values stand in tokens.css. */
export const theme = createTheme({
  colors: { river, clay, gray, dark },
  primaryColor: "river",
  primaryShade: 7,
  fontFamily: "var(--hw-font)",
  fontFamilyMonospace: "var(--hw-mono)",
  fontSizes: { xs: "var(--hw-text-xs)", sm: "var(--hw-text-sm)", md: "var(--hw-text-md)", lg: "var(--hw-text-lg)" },
  headings: {
    fontFamily: "var(--hw-font)",
    fontWeight: "640",
    sizes: {
      h1: { fontSize: "var(--hw-text-2xl)", lineHeight: "1.2" },
      h2: { fontSize: "var(--hw-text-xl)", lineHeight: "1.3" },
      h3: { fontSize: "var(--hw-text-lg)", lineHeight: "1.4" },
      h4: { fontSize: "var(--hw-text-md)", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { sm: "var(--hw-radius-sm)", md: "var(--hw-radius)", lg: "var(--hw-radius-lg)" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 360 } },
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4, blur: 2 } },
      styles: {
        content: { background: "var(--hw-surface)" },
        header: { background: "var(--hw-surface)" },
        title: { fontSize: "var(--hw-text-lg)", fontWeight: 640, overflowWrap: "anywhere" },
      },
    },
    Spotlight: { styles: { content: { background: "var(--hw-surface)", border: "1px solid var(--hw-line)" } } },
    Tabs: {
      defaultProps: { keepMounted: false },
      // Where they do not fit side by side they scroll; a second line would have no line under it.
      styles: { list: { flexWrap: "nowrap", overflow: "auto hidden" }, tab: { flex: "none" } },
    },
    // The placeholder that takes the focus first is no item, and a menu has nothing but items.
    Menu: { defaultProps: { shadow: "md", withinPortal: true, withInitialFocusPlaceholder: false } },
  },
});

const shared = {
  "--mantine-color-body": "var(--hw-bg)",
  "--mantine-color-text": "var(--hw-ink)",
  "--mantine-color-dimmed": "var(--hw-ink-3)",
  "--mantine-color-placeholder": "var(--hw-ink-3)",
  "--mantine-color-anchor": "var(--hw-accent-ink)",
  "--mantine-color-error": "var(--hw-bad-ink)",
  "--mantine-color-default": "var(--hw-surface)",
  "--mantine-color-default-hover": "var(--hw-hover)",
  "--mantine-color-default-color": "var(--hw-ink)",
  "--mantine-color-default-border": "var(--hw-line)",
  "--mantine-color-disabled": "var(--hw-sunken)",
  "--mantine-color-disabled-color": "var(--hw-ink-3)",
  "--mantine-color-disabled-border": "var(--hw-line)",
  "--mantine-primary-color-filled": "var(--hw-fill)",
  "--mantine-color-river-filled": "var(--hw-fill)",
  "--mantine-color-clay-light-color": "var(--hw-bad-ink)",
};

// Items of menus take the sixth shade in both schemes, which cannot be read on the dark one.
const onDark = { ...shared, "--mantine-color-clay-6": "var(--hw-bad-ink)" };

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: onDark });

import { readdirSync } from "node:fs";
import importPlugin from "eslint-plugin-import";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Each folder may import the ones below it, never back; features and routes may also import api.
const LAYERS = ["routes", "features", ["forms", "graph"], "ui", "lib"];
const flat = LAYERS.map((layer) => [layer].flat());
const dir = (name) => `./src/${name}`;

const upward = flat.flatMap((layer, depth) => {
  const above = flat.slice(0, depth).flat();
  return layer.map((name) => ({
    target: dir(name),
    from: [...above, ...layer.filter((other) => other !== name)].map(dir),
  }));
});
const features = readdirSync("src/features").map((name) => ({
  target: dir(`features/${name}`),
  from: "./src/features",
  except: [`./${name}`],
}));
const api = [
  { target: ["forms", "graph", "ui", "lib"].map(dir), from: "./src/api" },
  { target: "./src/api", from: flat.flat().map(dir) },
];
const zones = [...upward.filter((zone) => zone.from.length > 0), ...features, ...api];

export default tseslint.config(
  { ignores: ["dist/", "src/**/*.gen.ts"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [tseslint.configs.strict, jsxA11y.flatConfigs.recommended],
    plugins: { import: importPlugin, "react-hooks": reactHooks },
    settings: {
      "import/resolver": { typescript: true },
      "import/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
    rules: {
      "import/no-restricted-paths": ["error", { zones }],
      "import/no-cycle": "error",
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", 400],
      "no-console": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { ignoreRestSiblings: true, varsIgnorePattern: "^_", argsIgnorePattern: "^_" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "Literal[value=/^#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/]",
          message: "Colours come from the tokens in src/ui/tokens.css or the theme.",
        },
      ],
      // Focus moves to the one field that a dialog was opened for.
      "jsx-a11y/no-autofocus": "off",
    },
  },
  {
    // A palette has to be written down somewhere.
    files: ["src/ui/theme.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
);

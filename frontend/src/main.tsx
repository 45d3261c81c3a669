import "./lib/strict-zod";
// First of the styles: it orders the layers.
import "./ui/tokens.css";
import "@fontsource-variable/hanken-grotesk";
import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(<App />);

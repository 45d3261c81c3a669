import { config } from "zod";

// zod tries whether it may compile code; the page's Content-Security-Policy says no, and the console would tell everybody.
config({ jitless: true });

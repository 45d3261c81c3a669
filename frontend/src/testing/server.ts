import { setupServer } from "msw/node";

/** The server of a test; a test says what it answers, and anything else is an error. */
export const server = setupServer();

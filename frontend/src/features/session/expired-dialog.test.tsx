import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { QueryClient, useQuery } from "@tanstack/react-query";
import { HttpResponse, http } from "msw";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { get } from "@/api/client";
import { makeQueryClient } from "@/api/query-client";
import { sessionKey, sessionQuery } from "@/api/session";
import { sessionExpiry } from "@/api/session-expiry";
import type { Session } from "@/api/types";
import { refused } from "@/testing/answers";
import { renderPart } from "@/testing/render";
import { server } from "@/testing/server";
import { ExpiredDialog } from "./expired-dialog";

const API = "http://localhost:3000/api";
const ANN = { user: { id: "u1", email: "ann@example.com", name: "Ann", role: "editor" } } as unknown as Session;

function Work() {
  useQuery({ queryKey: ["things"], queryFn: () => get("/things") });
  return <input aria-label="Notes" defaultValue="" />;
}

let signedIn: boolean;
let client: QueryClient;
const renewed = vi.fn();
beforeEach(() => {
  signedIn = false;
  renewed.mockReset();
  const unknown = () => refused(401, "auth.not_signed_in", "you are not signed in");
  server.use(
    http.get(`${API}/things`, () => (signedIn ? HttpResponse.json({}) : unknown())),
    http.get(`${API}/session`, () => (signedIn ? HttpResponse.json(ANN) : unknown())),
    http.post(`${API}/session`, () => {
      signedIn = true;
      return HttpResponse.json(ANN, { status: 201 });
    }),
  );
  client = makeQueryClient();
  client.setQueryData(sessionKey, ANN);
});
afterEach(() => sessionExpiry.set(false));

const draw = () =>
  renderPart(
    <>
      <Work />
      <ExpiredDialog onRenewed={renewed} />
    </>,
    client,
  );

it("asks over the page as it stands, with the address that was signed in, and gives the page back", async () => {
  await draw();
  await userEvent.type(screen.getByLabelText("Notes"), "half a sentence");
  expect(await screen.findByText("Your session has ended")).toBeInTheDocument();
  expect(screen.getByLabelText("Email")).toHaveValue("ann@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "a long password");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(screen.queryByText("Your session has ended")).toBeNull());
  expect(screen.getByLabelText("Notes")).toHaveValue("half a sentence");
  expect(renewed).toHaveBeenCalled();
});

it("notices that somebody signed in by a link in another tab", async () => {
  await draw();
  expect(await screen.findByText("headwater users link ann@example.com")).toBeInTheDocument();
  signedIn = true;
  await waitFor(() => expect(screen.queryByText("Your session has ended")).toBeNull(), { timeout: 5_000 });
});

it("asks, and does not forget who was signed in, when the session itself is looked at", async () => {
  expect(await client.fetchQuery({ ...sessionQuery(), staleTime: 0 })).toEqual(ANN);
  expect(sessionExpiry.get()).toBe(true);
});

it("asks nobody who was never signed in", async () => {
  client.clear();
  expect(await client.fetchQuery(sessionQuery())).toBeNull();
  expect(sessionExpiry.get()).toBe(false);
});

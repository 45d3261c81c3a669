import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { useState } from "react";
import { beforeEach, expect, it } from "vitest";
import type { RunSummary } from "@/api/types";
import { page } from "@/testing/answers";
import { renderPart } from "@/testing/render";
import { run } from "@/testing/run-answers";
import { server } from "@/testing/server";
import { type RunListPlace, RunListPage } from "./run-list-page";

const API = "http://localhost:3000/api";
const RUNNING = run({ id: "01a22419-0000-7000-8000-000000000002", status: "running", finished_at: null, took_s: null });
const FAILED = run({ id: "01a22419-0000-7000-8000-000000000003", status: "failed" });

/** The address is the only state of the page; here it is kept by hand. */
function Page({ first, places }: { first: RunListPlace; places: RunListPlace[] }) {
  const [place, setPlace] = useState(first);
  return (
    <RunListPage
      place={place}
      onPlace={(next) => {
        places.push(next);
        setPlace(next);
      }}
    />
  );
}

let asked: URLSearchParams[];
let runs: RunSummary[];
beforeEach(() => {
  asked = [];
  runs = [RUNNING, FAILED, run()];
  server.use(
    http.get(`${API}/pipelines`, () => page([])),
    http.get(`${API}/runs`, ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const wanted = query.getAll("status");
      return page(runs.filter((one) => wanted.length === 0 || wanted.includes(one.status)));
    }),
  );
});

it("asks the server for what the address says", async () => {
  await renderPart(<Page first={{ status: ["failed"], q: "ord" }} places={[]} />);
  expect(await screen.findByLabelText("Run of orders: Failed")).toBeInTheDocument();
  expect(screen.queryByLabelText("Run of orders: Running")).toBeNull();
  expect(asked[0]?.get("q")).toBe("ord");
  expect(screen.getByRole("searchbox", { name: "Search runs" })).toHaveValue("ord");
});

it("writes what is chosen into the address, and takes all of it away at once", async () => {
  const places: RunListPlace[] = [];
  await renderPart(<Page first={{}} places={places} />);
  await userEvent.type(await screen.findByRole("searchbox", { name: "Search runs" }), "shop");
  await waitFor(() => expect(places.at(-1)).toEqual({ q: "shop" }));
  await userEvent.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(places.at(-1)).toEqual({});
});

it("cancels what still runs and tries again what is over, of all that is selected", async () => {
  const bodies: Record<string, string[]> = {};
  for (const act of ["cancel", "retry"]) {
    server.use(
      http.post(`${API}/runs/${act}`, async ({ request }) => {
        const { ids } = (await request.json()) as { ids: string[] };
        bodies[act] = ids;
        return HttpResponse.json({ items: ids.map((id) => ({ id, run_id: id, error: null })) });
      }),
    );
  }
  await renderPart(<Page first={{}} places={[]} />);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select all rows" }));
  await userEvent.click(screen.getByRole("button", { name: "Retry 2" }));
  await waitFor(() => expect(bodies["retry"]).toEqual([FAILED.id, run().id]));
  await waitFor(() => expect(screen.queryByRole("toolbar", { name: /selected/ })).toBeNull());

  await userEvent.click(screen.getByRole("checkbox", { name: "Select all rows" }));
  await userEvent.click(screen.getByRole("button", { name: "Cancel 1" }));
  expect(bodies["cancel"]).toBeUndefined();
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Cancel 1 run" }));
  await waitFor(() => expect(bodies["cancel"]).toEqual([RUNNING.id]));
});

it("says of how many runs it was true, and why not of the others", async () => {
  const refusal = { code: "pipelines.not_found", message: "the pipeline was deleted", hint: null };
  server.use(
    http.post(`${API}/runs/retry`, () =>
      HttpResponse.json({
        items: [
          { id: FAILED.id, run_id: null, error: refusal },
          { id: run().id, run_id: "new", error: null },
        ],
      }),
    ),
  );
  await renderPart(<Page first={{}} places={[]} />);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select all rows" }));
  await userEvent.click(screen.getByRole("button", { name: "Retry 2" }));
  expect(await screen.findByText("1 run has begun again")).toBeInTheDocument();
  expect(screen.getByText("1 run was refused")).toBeInTheDocument();
  expect(screen.getByText(/the pipeline was deleted/)).toBeInTheDocument();
});

it("keeps the list when the server goes away under it", async () => {
  const { client } = await renderPart(<Page first={{}} places={[]} />);
  await screen.findByLabelText("Run of orders: Failed");
  server.use(http.get(`${API}/runs`, () => HttpResponse.error()));
  await client.refetchQueries({ queryKey: ["runs"] });
  expect(screen.getByLabelText("Run of orders: Failed")).toBeInTheDocument();
});

import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { refused } from "@/testing/answers";
import { renderPart } from "@/testing/render";
import { server } from "@/testing/server";
import { PreviewPanel } from "./preview-panel";

const DOCUMENT: PipelineDocument = {
  sources: [{ connector: "shop", streams: ["people"] }],
  processors: [
    { type: "quality", config: { rules: [{ rule: "range", column: "age", min: 0 }] } },
    { type: "anonymize", config: { columns: { email: "mask" } } },
  ],
  destinations: ["lake"],
};

const COLUMNS = [
  { name: "email", type: "string" },
  { name: "age", type: "int32" },
];
const ROWS = [
  ["ada@x", 36],
  ["eve@x", -5],
];
const REJECTED = {
  columns: [{ name: "email" }, { name: "age" }],
  rows: [{ step: 1, step_name: "quality", rules: ["range:age"], messages: ["age is below 0"], values: ["eve@x", -5] }],
};

/** Read, after the quality rule, after the mask: what a server answers for each place. */
const AFTER = [
  { table: { columns: COLUMNS, rows: ROWS }, rejected: { columns: [], rows: [] } },
  { table: { columns: COLUMNS, rows: [ROWS[0]] }, rejected: REJECTED },
  { table: { columns: COLUMNS, rows: [["a****", 36]] }, rejected: REJECTED },
];

function Harness({ first }: { first: number }) {
  const [after, setAfter] = useState<number | null>(first);
  return (
    <PreviewPanel
      document={DOCUMENT}
      stale={false}
      streams={["people"]}
      stream={null}
      after={after}
      onChange={(next) => setAfter(next.after ?? null)}
    />
  );
}

const answering = () =>
  http.post("/api/pipelines/preview", async ({ request }) => {
    const { after } = (await request.json()) as { after: number };
    return HttpResponse.json({ streams: [{ stream: "people", after: String(after), ...AFTER[after] }] });
  });

describe("the data after a step", () => {
  it("marks the cells that the step changed, by more than colour", async () => {
    server.use(answering());
    await renderPart(<Harness first={2} />);
    const mark = await screen.findByText("changed:");
    expect(mark.parentElement).toHaveTextContent("changed: a****");
    expect(mark.parentElement).toHaveAttribute("data-changed");
    expect(screen.getByRole("cell", { name: "36" })).not.toHaveAttribute("data-changed");
  });

  it("shows the rows that were rejected on the way, with the reason", async () => {
    server.use(answering());
    await renderPart(<Harness first={1} />);
    const rejected = await screen.findByRole("region", { name: "Rejected on the way" });
    expect(within(rejected).getByRole("cell", { name: "-5" })).toBeVisible();
    expect(within(rejected).getByText("rejected: quality: age is below 0")).toBeVisible();
    expect(screen.getByText("1 rejected")).toBeVisible();
  });

  it("says why there is no preview, and tries again", async () => {
    server.use(http.post("/api/pipelines/preview", () => refused(503, "source.unreachable", "the shop is closed")));
    await renderPart(<Harness first={0} />);
    expect(await screen.findByText("the shop is closed")).toBeVisible();
    server.use(answering());
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("cell", { name: "ada@x" })).toBeVisible();
  });
});

import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { useState } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "@/api/problem";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { connector, connectorType, listed, page, processorType } from "@/testing/answers";
import { renderPart } from "@/testing/render";
import { server } from "@/testing/server";
import { type EditorPlace, PipelineEditor } from "./editor";
import { useCatalog } from "./use-catalog";
import { useDraft } from "./use-draft";
import { useValidation } from "./use-validation";

const DOCUMENT: PipelineDocument = {
  sources: [{ connector: "shop", streams: ["orders"] }],
  processors: [
    { type: "filter", name: "paid", config: { where: "paid" } },
    { type: "derive", name: "totals", config: { columns: { total: "a * b" } } },
  ],
  destinations: [{ connector: "shop" }],
};

function Harness({ view }: { view: "form" | "yaml" }) {
  const [place, setPlace] = useState<EditorPlace>({ view });
  const control = useDraft(DOCUMENT);
  const found = useValidation("orders", control.draft);
  return (
    <>
      <PipelineEditor
        control={control}
        catalog={useCatalog()}
        found={found}
        flowing={[]}
        place={place}
        onPlace={setPlace}
      />
      <output>{JSON.stringify(control.document["processors"])}</output>
    </>
  );
}

let problems: Finding[];

beforeEach(() => {
  problems = [];
  const table = { columns: [{ name: "id", type: "int64" }], rows: [[1]] };
  server.use(
    http.get("/api/connectors", () => page([connector()])),
    http.get("/api/connectors/shop/streams", () => page([])),
    http.get("/api/connector-types", () => HttpResponse.json({ items: [listed(connectorType())] })),
    http.get("/api/connector-types/postgres", () => HttpResponse.json(connectorType())),
    http.get("/api/processors", () => page([])),
    http.get("/api/processor-types", () =>
      HttpResponse.json({ items: [processorType(), processorType({ type: "derive", title: "Derive" })] }),
    ),
    http.get("/api/processor-types/:type", ({ params }) =>
      HttpResponse.json({
        ...processorType({ type: String(params["type"]) }),
        config_schema: { type: "object", properties: {} },
        docs: "",
        example: {},
      }),
    ),
    http.post("/api/pipelines/validate", () => HttpResponse.json({ valid: problems.length === 0, problems })),
    http.post("/api/pipelines/preview", () =>
      HttpResponse.json({ streams: [{ stream: "orders", after: "read", table, rejected: { columns: [], rows: [] } }] }),
    ),
  );
});

const written = (): { name: string; enabled?: boolean }[] =>
  JSON.parse(screen.getByText(/^\[\{/).textContent) as { name: string; enabled?: boolean }[];
const names = () => written().map((step) => step.name);
const undo = () => userEvent.click(screen.getByRole("button", { name: /^Undo/ }));
const redo = () => userEvent.click(screen.getByRole("button", { name: /^Redo/ }));
const card = (name: string) => screen.findByRole("button", { name: new RegExp(`${name}.*all streams`) });

describe("the editor of a pipeline", () => {
  it("changes the order by Alt with an arrow key, says so, and undoes it", async () => {
    await renderPart(<Harness view="form" />);
    (await card("paid")).focus();
    await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(names()).toEqual(["totals", "paid"]);
    expect(screen.getByText("paid is now step 2")).toBeInTheDocument();
    await waitFor(async () => expect(await card("paid")).toHaveFocus());
    await undo();
    expect(names()).toEqual(["paid", "totals"]);
    await redo();
    expect(names()).toEqual(["totals", "paid"]);
  });

  it("takes a step out of the chain without deleting it", async () => {
    await renderPart(<Harness view="form" />);
    await userEvent.click(await card("totals"));
    await userEvent.click(screen.getByRole("switch", { name: /^Enabled/ }));
    expect(written()[1]).toMatchObject({ name: "totals", enabled: false });
    expect(within(await card("totals")).getByText("off")).toBeVisible();
    await undo();
    expect(written()[1]?.enabled).toBeUndefined();
  });

  it("undoes a whole word that was typed, not its letters", async () => {
    await renderPart(<Harness view="form" />);
    await userEvent.click(await card("paid"));
    const field = screen.getByRole("textbox", { name: "Name of the step" });
    await userEvent.clear(field);
    await userEvent.type(field, "settled");
    expect(names()).toEqual(["settled", "totals"]);
    await undo();
    expect(names()).toEqual(["paid", "totals"]);
  });

  it("brings a removed step back", async () => {
    await renderPart(<Harness view="form" />);
    await userEvent.click(await card("paid"));
    await userEvent.click(screen.getByRole("button", { name: "More actions" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
    expect(names()).toEqual(["totals"]);
    await undo();
    expect(names()).toEqual(["paid", "totals"]);
  });

  it("leads from a problem to the step that has it, and shows it at the field", async () => {
    problems = [
      { path: "processors[1].name", code: "config.wrong_value", message: "'totals' is taken", hint: "choose another" },
    ];
    await renderPart(<Harness view="form" />);
    expect(await screen.findAllByText("1 problem")).not.toHaveLength(0);
    await userEvent.click(screen.getByRole("button", { name: "processors[1].name" }));
    expect(await screen.findByText(/'totals' is taken — choose another/)).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Name of the step" })).toHaveValue("totals");
  });
});

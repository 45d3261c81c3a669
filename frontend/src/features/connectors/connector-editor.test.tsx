import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";
import { connector, connectorType, refused } from "@/testing/answers";
import { renderPart } from "@/testing/render";
import { server } from "@/testing/server";
import { ConnectorEditor } from "./connector-editor";

const host = () => screen.findByLabelText(/^Host/);
const create = () => screen.getByRole("button", { name: "Create" });

describe("the form of a connector", () => {
  it("sends nothing while settings are wrong, and says which", async () => {
    const asked = vi.fn();
    server.use(http.post("/api/connectors", asked));
    await renderPart(<ConnectorEditor type={connectorType()} onSaved={vi.fn()} />);
    await host();
    await userEvent.click(create());
    expect(await screen.findByText("Needs a value")).toBeVisible();
    expect(screen.getByText("2 settings need attention")).toBeVisible();
    expect(screen.getByText("Needs a name")).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
  });

  it("shows what the server refuses at the settings themselves, until they are changed", async () => {
    server.use(
      http.post("/api/connectors", () =>
        refused(422, "config.invalid", "2 problems in the config", [
          { path: "config.host", code: "config.wrong_value", message: "no such host is allowed", hint: "use db.local" },
          { path: "config.port", code: "config.wrong_type", message: "port 1 is not open here" },
        ]),
      ),
    );
    await renderPart(<ConnectorEditor type={connectorType()} onSaved={vi.fn()} />);
    await userEvent.type(screen.getByLabelText(/^Name/), "shop");
    await userEvent.type(await host(), "db.elsewhere");
    await userEvent.click(create());
    expect(await screen.findByText("2 problems in the config")).toBeVisible();
    const wrong = screen.getByText("no such host is allowed — use db.local");
    expect(wrong.parentElement).toHaveTextContent(/^Host/);
    await userEvent.type(await host(), "x");
    await waitFor(() => expect(screen.queryByText(/no such host is allowed/)).toBeNull());
  });

  it("keeps a stored secret out of what it sends, and the revision in", async () => {
    const sent = vi.fn();
    server.use(
      http.put("/api/connectors/:ref", async ({ request }) => {
        sent(await request.json(), request.headers.get("if-match"));
        return HttpResponse.json(connector({ revision: 5 }));
      }),
    );
    const saved = vi.fn();
    const stored = connector({ secrets: ["password"], revision: 4 });
    await renderPart(<ConnectorEditor type={connectorType()} connector={stored} onSaved={saved} />);
    expect(await screen.findByText("Stored, and not shown")).toBeVisible();
    await userEvent.type(await host(), ".example");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(saved).toHaveBeenCalled());
    const body = { name: "shop", type: "postgres", config: { host: "db.local.example" }, description: null };
    expect(sent).toHaveBeenCalledWith(body, '"4"');
  });

  it("tells why a test failed and what to do, and forgets it when the settings change", async () => {
    server.use(
      http.post("/api/connectors/check", () =>
        HttpResponse.json({
          ok: false,
          took_s: 0.4,
          sides: [
            {
              side: "source",
              ok: false,
              message: null,
              error: { code: "postgres.unreachable", message: "nobody listens there", hint: "start the database" },
            },
          ],
        }),
      ),
    );
    await renderPart(<ConnectorEditor type={connectorType()} onSaved={vi.fn()} />);
    await userEvent.type(await host(), "db");
    await userEvent.click(screen.getByRole("button", { name: "Test connection" }));
    expect(await screen.findByText("nobody listens there")).toBeVisible();
    expect(screen.getByText(/start the database/)).toBeVisible();
    await userEvent.type(await host(), ".local");
    await waitFor(() => expect(screen.queryByText("nobody listens there")).toBeNull());
  });
});

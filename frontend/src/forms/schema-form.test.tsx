import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { renderPart } from "@/testing/render";
import JsonSchemaForm, { type Values } from "./json-schema-form";

const schema = {
  type: "object",
  additionalProperties: false,
  required: ["host", "password"],
  properties: {
    host: { type: "string", title: "Host", minLength: 2, description: "Name or address of the server." },
    port: { anyOf: [{ type: "integer", maximum: 65535 }, { type: "null" }], default: null, title: "Port" },
    password: { type: "string", format: "password", writeOnly: true, title: "Password" },
    columns: {
      type: "object",
      title: "Columns",
      additionalProperties: {
        anyOf: [
          {
            oneOf: [
              {
                type: "object",
                required: ["method"],
                properties: { method: { const: "mask" }, keep_last: { type: "integer", title: "Keep last" } },
              },
            ],
          },
          { type: "string", enum: ["mask"] },
        ],
      },
    },
  },
};

function Harness({ start, secrets = [], seen }: { start: Values; secrets?: string[]; seen: (value: Values) => void }) {
  const [value, setValue] = useState(start);
  return (
    <JsonSchemaForm
      schema={schema}
      value={value}
      secrets={secrets}
      columns={["email", "phone"]}
      onChange={(next, wrong) => {
        setValue(next);
        seen({ ...next, wrong });
      }}
    />
  );
}

describe("the form of a plugin's settings", () => {
  it("hands over only what was set", async () => {
    const seen = vi.fn();
    await renderPart(<Harness start={{}} seen={seen} />);
    await userEvent.type(screen.getByLabelText(/^Host/), "db");
    expect(seen).toHaveBeenLastCalledWith({ host: "db", wrong: 1 });
    await userEvent.clear(screen.getByLabelText(/^Host/));
    expect(seen).toHaveBeenLastCalledWith({ wrong: 2 });
  });

  it("says what is wrong once a field was left, and not before", async () => {
    await renderPart(<Harness start={{}} seen={vi.fn()} />);
    const host = screen.getByLabelText(/^Host/);
    await userEvent.type(host, "d");
    expect(screen.queryByText("Needs at least 2 characters")).toBeNull();
    await userEvent.tab();
    expect(await screen.findByText("Needs at least 2 characters")).toBeVisible();
  });

  it("keeps a stored secret unless it is replaced or cleared", async () => {
    const seen = vi.fn();
    await renderPart(<Harness start={{ host: "db" }} secrets={["password"]} seen={seen} />);
    expect(screen.getByText("Stored, and not shown")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Replace Password" }));
    await userEvent.type(screen.getByPlaceholderText(/reference/), "s3cret");
    expect(seen).toHaveBeenLastCalledWith({ host: "db", password: "s3cret", wrong: 0 });
    await userEvent.click(screen.getByRole("button", { name: "Keep the stored one" }));
    expect(seen).toHaveBeenLastCalledWith({ host: "db", wrong: 0 });
  });

  it("adds a named entry, and writes a bare method out when it gets a setting", async () => {
    const seen = vi.fn();
    await renderPart(<Harness start={{ host: "db", columns: { email: "mask" } }} seen={seen} />);
    const columns = screen.getByRole("group", { name: "Columns" });
    await userEvent.type(within(columns).getByLabelText("Keep last"), "4");
    await waitFor(() =>
      expect(seen).toHaveBeenLastCalledWith({
        host: "db",
        columns: { email: { method: "mask", keep_last: 4 } },
        wrong: 1,
      }),
    );
    await userEvent.type(within(columns).getByRole("combobox", { name: "New name in Columns" }), "phone{Enter}");
    expect(seen.mock.lastCall?.[0].columns.phone).toEqual({ method: "mask" });
  });
});

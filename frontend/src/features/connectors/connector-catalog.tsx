import { useQuery } from "@tanstack/react-query";
import { connectorTypesQuery } from "@/api/catalog";
import { t } from "@/lib/texts";
import { CatalogGrid } from "@/ui/catalog-grid";
import { PageHeader } from "@/ui/page-header";
import { QueryState } from "@/ui/query-state";

interface Props {
  q: string;
  category: string;
  /** Where it goes on once the connector is there; its own page when nothing is said. */
  then?: "pipeline" | undefined;
  onChange: (filter: { q?: string; category?: string }) => void;
}

/** Every connector type that is installed. */
export function ConnectorCatalog({ q, category, then, onChange }: Props) {
  const types = useQuery(connectorTypesQuery());
  return (
    <>
      <PageHeader title={t.connectors.catalogTitle} about={t.connectors.catalogLead} />
      <QueryState query={types}>
        {(items) => (
          <CatalogGrid
            label={t.connectors.catalogSearch}
            categories={t.connectors.categories}
            q={q}
            category={category}
            onChange={onChange}
            entries={items.map((one) => ({
              type: one.type,
              title: one.title,
              description: one.description,
              category: one.category,
              to: "/connectors/new",
              search: { type: one.type, then },
              tags: [one.source && t.connectors.source, one.destination && t.connectors.destination].filter(
                (tag) => tag !== false,
              ),
            }))}
          />
        )}
      </QueryState>
    </>
  );
}

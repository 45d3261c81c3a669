import { useQuery } from "@tanstack/react-query";
import { processorTypesQuery } from "@/api/catalog";
import { t } from "@/lib/texts";
import { CatalogGrid } from "@/ui/catalog-grid";
import { PageHeader } from "@/ui/page-header";
import { QueryState } from "@/ui/query-state";

interface Props {
  q: string;
  category: string;
  onChange: (filter: { q?: string; category?: string }) => void;
}

/** Every processor type that is installed. */
export function ProcessorCatalog({ q, category, onChange }: Props) {
  const types = useQuery(processorTypesQuery());
  return (
    <>
      <PageHeader title={t.processors.catalogTitle} about={t.processors.catalogLead} />
      <QueryState query={types}>
        {(items) => (
          <CatalogGrid
            label={t.processors.catalogSearch}
            categories={t.processors.categories}
            q={q}
            category={category}
            onChange={onChange}
            entries={items.map((one) => ({
              type: one.type,
              title: one.title,
              description: one.description,
              category: one.category,
              to: "/processors/new",
              search: { type: one.type },
              tags: [t.processors.categories[one.category] ?? one.category],
            }))}
          />
        )}
      </QueryState>
    </>
  );
}

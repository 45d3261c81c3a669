import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { processorTypeQuery } from "@/api/catalog";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { QueryState } from "@/ui/query-state";
import { pathTo } from "@/ui/to-link";
import { ProcessorEditor } from "./processor-editor";
import type { Sample } from "./sample";

interface Props {
  type: string;
  sample: Sample;
  onSample: (sample: Sample) => void;
}

/** A new processor of one type. */
export function NewProcessor({ type, sample, onSample }: Props) {
  const detail = useQuery(processorTypeQuery(type));
  const navigate = useNavigate();
  return (
    <QueryState query={detail}>
      {(known) => (
        <>
          <PageHeader title={t.processors.newTitle(known.title)} about={known.description} />
          <ProcessorEditor
            type={known}
            sample={sample}
            onSample={onSample}
            onSaved={(saved) =>
              void navigate({
                to: pathTo("/processors", saved.name),
                search: sample as never,
                ignoreBlocker: true,
              })
            }
          />
        </>
      )}
    </QueryState>
  );
}

import { Button, Modal, SimpleGrid, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Json } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { SearchInput } from "@/ui/search-input";
import classes from "./add.module.css";
import { type Catalog, connectorsFor, type Side } from "./use-catalog";

interface PickProps {
  catalog: Catalog;
  onPick: (step: Json) => void;
}

/** Saved processors, then installed types by what they are for. */
export function ProcessorPicker({ catalog, onPick }: PickProps) {
  const [q, setQ] = useState("");
  const fits = (...words: (string | null)[]) => words.join(" ").toLowerCase().includes(q.trim().toLowerCase());
  const saved = catalog.processors.filter((one) => fits(one.name, one.type, one.description));
  const types = catalog.processorTypes.filter((one) => fits(one.type, one.title, one.description, one.category));
  if (catalog.error !== null && catalog.processorTypes.length === 0) return <ErrorState error={catalog.error} />;
  if (catalog.loading) return <Loading lines={4} />;
  return (
    <Stack gap="md">
      <SearchInput value={q} onChange={setQ} label={t.pipelines.add.search} />
      {saved.length > 0 && (
        <Section title={t.pipelines.add.saved}>
          {saved.map((one) => (
            <Choice
              key={one.id}
              title={one.name}
              about={one.description ?? one.type}
              onClick={() => onPick(one.name)}
            />
          ))}
        </Section>
      )}
      {types.length > 0 && (
        <Section title={t.pipelines.add.types}>
          {types.map((one) => (
            <Choice
              key={one.type}
              title={one.title}
              about={one.description}
              tag={one.category}
              onClick={() => onPick({ type: one.type, config: {} })}
            />
          ))}
        </Section>
      )}
      {saved.length + types.length === 0 && <EmptyState title={t.pipelines.add.nothing} hint={t.common.noMatchHint} />}
    </Stack>
  );
}

/** Saved connectors that have the side. */
export function ConnectorPicker({
  catalog,
  side,
  selected,
  inCreation = false,
  onPick,
}: PickProps & { side: Side; selected?: string | null; inCreation?: boolean }) {
  const connectors = connectorsFor(catalog, side);
  if (catalog.error !== null && catalog.connectors.length === 0) return <ErrorState error={catalog.error} />;
  if (catalog.loading) return <Loading lines={4} />;
  const create = (
    <Button
      component={Link}
      to="/connectors/catalog"
      {...(inCreation ? { search: { then: "pipeline" } as never } : {})}
      variant={connectors.length === 0 ? "filled" : "default"}
      leftSection={<IconPlugConnected size={16} aria-hidden />}
    >
      {t.pipelines.step.newConnector}
    </Button>
  );
  if (connectors.length === 0) {
    return (
      <EmptyState title={t.pipelines.add.connectorNone} hint={t.pipelines.add.connectorNoneHint} action={create} />
    );
  }
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {connectors.map((one) => (
          <Choice
            key={one.id}
            title={one.name}
            about={one.description ?? catalog.connectorTypes.get(one.type)?.title ?? one.type}
            tag={one.type}
            selected={selected === one.name}
            onClick={() => onPick(one.name)}
          />
        ))}
      </SimpleGrid>
      <div>{create}</div>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Text component="h3" size="sm" fw={620} mb="xs">
        {title}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {children}
      </SimpleGrid>
    </section>
  );
}

interface ChoiceProps {
  title: string;
  about: string;
  tag?: string;
  selected?: boolean;
  onClick: () => void;
}

function Choice({ title, about, tag, selected = false, onClick }: ChoiceProps) {
  return (
    <UnstyledButton
      className={classes.choice}
      data-selected={selected || undefined}
      aria-pressed={selected}
      onClick={onClick}
    >
      <span className={classes.title}>{title}</span>
      {tag !== undefined && <span className={classes.tag}>{tag}</span>}
      <span className={classes.about}>{about}</span>
    </UnstyledButton>
  );
}

interface DialogProps extends PickProps {
  what: "processor" | Side | null;
  onClose: () => void;
}

export function AddDialog({ what, catalog, onPick, onClose }: DialogProps) {
  const title = what === null || what === "processor" ? t.pipelines.add.title : t.pipelines.add.connectorTitle[what];
  return (
    <Modal
      opened={what !== null}
      onClose={onClose}
      size="48rem"
      title={title}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      {what === "processor" && <ProcessorPicker catalog={catalog} onPick={onPick} />}
      {(what === "source" || what === "destination") && (
        <ConnectorPicker catalog={catalog} side={what} onPick={onPick} />
      )}
    </Modal>
  );
}

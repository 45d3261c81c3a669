import {
  attachClosestEdge,
  extractClosestEdge,
  type Edge,
} from "@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge";
import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { VisuallyHidden } from "@mantine/core";
import { IconGripVertical } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type ProcessorStep, stepLabel } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { StepCard } from "./step-card";
import classes from "./editor.module.css";

interface Props {
  steps: readonly ProcessorStep[];
  selected: number | null;
  problems: ReadonlyMap<string, number>;
  typeOf: (step: ProcessorStep) => string;
  onSelect: (index: number) => void;
  onMove: (from: number, to: number) => void;
}

/** The processors in their order, which changes by dragging, or by Alt with an arrow key. */
export function ProcessorList(props: Props) {
  const [said, setSaid] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const move = (from: number, to: number) => {
    const step = props.steps[from];
    if (step === undefined || to < 0 || to >= props.steps.length || to === from) return;
    props.onMove(from, to);
    setSaid(t.pipelines.step.moved(stepLabel(step), to + 1));
    // The card that has moved is drawn anew at its place; the focus goes along.
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>("[data-step-card]")[to]?.focus());
  };
  return (
    <>
      <ol className={classes.steps} ref={list}>
        {props.steps.map((step) => (
          <Item key={step.index} step={step} {...props} onMove={move} />
        ))}
      </ol>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </>
  );
}

function Item({ step, selected, problems, typeOf, onSelect, onMove }: Props & { step: ProcessorStep }) {
  const item = useRef<HTMLLIElement>(null);
  const [edge, setEdge] = useState<Edge | null>(null);
  const [dragging, setDragging] = useState(false);
  const { index } = step;
  const move = useRef(onMove);
  // The drag ends long after it was set up: it must call the handler of the last drawing.
  useEffect(() => {
    move.current = onMove;
  });
  // Drag and drop is the browser's; the element is registered once per place.
  useEffect(() => {
    const element = item.current;
    if (element === null) return;
    return combine(
      draggable({
        element,
        getInitialData: () => ({ kind: "processor", index }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => source.data["kind"] === "processor",
        getData: ({ input }) => attachClosestEdge({ index }, { element, input, allowedEdges: ["top", "bottom"] }),
        onDrag: ({ self, source }) => setEdge(source.data["index"] === index ? null : extractClosestEdge(self.data)),
        onDragLeave: () => setEdge(null),
        onDrop: ({ self, source }) => {
          setEdge(null);
          const from = Number(source.data["index"]);
          const below = extractClosestEdge(self.data) === "bottom" ? index + 1 : index;
          move.current(from, from < below ? below - 1 : below);
        },
      }),
    );
  }, [index]);
  const byKey = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(index, event.key === "ArrowUp" ? index - 1 : index + 1);
  };
  return (
    <li ref={item} className={classes.item} data-edge={edge ?? undefined} data-dragging={dragging || undefined}>
      <span className={classes.grip} title={t.pipelines.step.moveHint} aria-hidden>
        <IconGripVertical size={16} />
      </span>
      <StepCard
        kind="processor"
        number={step.number}
        label={stepLabel(step)}
        about={typeOf(step)}
        detail={step.streams.join(", ") === "*" ? t.pipelines.streams.all_ : step.streams.join(", ")}
        off={!step.enabled}
        problems={problems.get(`processor:${index}`) ?? 0}
        selected={selected === index}
        onClick={() => onSelect(index)}
        onKeyDown={byKey}
      />
    </li>
  );
}

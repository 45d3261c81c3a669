import { Tabs, type TabsListProps } from "@mantine/core";
import { useEffect, useRef } from "react";

/** Tabs that scroll where they do not fit; the one that is open is always in sight. */
export function TabList(props: TabsListProps) {
  const list = useRef<HTMLDivElement>(null);
  // Where a list is scrolled to belongs to the browser. Which tab is open changes from outside, the width with the window.
  useEffect(() => {
    if (list.current) showOpen(list.current);
  });
  useEffect(() => {
    const box = list.current;
    if (box === null) return;
    const width = new ResizeObserver(() => showOpen(box));
    width.observe(box);
    return () => width.disconnect();
  }, []);
  return <Tabs.List ref={list} {...props} />;
}

function showOpen(list: HTMLElement) {
  const open = list.querySelector<HTMLElement>("[role=tab][data-active]");
  if (open === null) return;
  const [from, to] = [open.offsetLeft, open.offsetLeft + open.offsetWidth];
  if (from < list.scrollLeft) list.scrollLeft = from;
  else if (to > list.scrollLeft + list.clientWidth) list.scrollLeft = to - list.clientWidth;
}

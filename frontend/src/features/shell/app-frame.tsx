import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { useRouter } from "@tanstack/react-router";
import { type ReactNode, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Live } from "@/api/live";
import { sessionExpiry } from "@/api/session-expiry";
import { t } from "@/lib/texts";
import { AccountMenu } from "./account-menu";
import { Breadcrumb } from "./breadcrumb";
import type * as PaletteModule from "./palette";
import classes from "./shell.module.css";
import { SideNav } from "./side-nav";

const PAGES_AFTER_MS = 1_500;
/** Among the browser's marks from when every page can be gone to without the server. */
const PAGES_AT_HAND = "headwater:pages-at-hand";

/** The frame around every page: bank, top line, banner, content. */
export function AppFrame({ live, children }: { live: Live; children: ReactNode }) {
  const [opened, drawer] = useDisclosure();
  const state = useSyncExternalStore(live.subscribe, live.state);
  const online = useOnline();
  const expired = useSyncExternalStore(sessionExpiry.subscribe, sessionExpiry.get);
  usePagesAtHand();

  // The event stream belongs to the tab, not to a page: it opens with the frame and closes with it.
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);

  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>
        {t.common.skip}
      </a>
      <div className={classes.bank}>
        <SideNav />
      </div>
      <Drawer.Root opened={opened} onClose={drawer.close} size="16rem">
        <Drawer.Overlay />
        <Drawer.Content aria-label={t.common.nav.label}>
          <Drawer.Body p={0} h="100%">
            <div className={classes.drawer}>
              <SideNav onGo={drawer.close} />
            </div>
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <div className={classes.main}>
        <header className={classes.top}>
          <ActionIcon className={classes.burger} size="lg" aria-label={t.common.nav.open} onClick={drawer.open}>
            <IconMenu2 size={20} aria-hidden />
          </ActionIcon>
          <Breadcrumb />
          <PaletteButton />
          <AccountMenu />
        </header>
        <div role="status">
          {(!online || state === "down") && !expired && <div className={classes.banner}>{t.common.offline}</div>}
        </div>
        <main id="content" className={classes.content} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

/** The palette's code is fetched on its first use, by key or by button; it opens by itself when it is first drawn. */
function PaletteButton() {
  const [palette, setPalette] = useState<typeof PaletteModule | null>(null);
  const open = useCallback(async () => {
    if (palette) palette.openPalette();
    else setPalette(await import("./palette"));
  }, [palette]);
  // A shortcut has to be heard wherever the focus is.
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        void open();
      }
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [open]);
  return (
    <>
      <button type="button" className={classes.find} onClick={() => void open()}>
        <IconSearch size={16} aria-hidden />
        <span>{t.common.palette.open}</span>
        <kbd aria-hidden>{t.common.palette.shortcut}</kbd>
      </button>
      {palette && <palette.Palette />}
    </>
  );
}

/** The code of all pages and of the palette, fetched once this one is drawn: going on takes no wait then, and works while the server restarts. */
function usePagesAtHand() {
  const router = useRouter();
  // The network is the browser's: what the page in sight needs goes first.
  useEffect(() => {
    const timer = setTimeout(() => {
      const pages = Object.values(router.routesById).map((route) => router.loadRouteChunk(route));
      // What could not be fetched is asked for again when it is gone to.
      void Promise.allSettled([...pages, import("./palette")]).then((all) => {
        if (all.every(({ status }) => status === "fulfilled")) performance.mark(PAGES_AT_HAND);
      });
    }, PAGES_AFTER_MS);
    return () => clearTimeout(timer);
  }, [router]);
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (notify) => {
      window.addEventListener("online", notify);
      window.addEventListener("offline", notify);
      return () => {
        window.removeEventListener("online", notify);
        window.removeEventListener("offline", notify);
      };
    },
    () => navigator.onLine,
  );
}

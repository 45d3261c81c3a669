import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { DEMO_PIPELINE, setUpDemo } from "@/api/project";
import { t } from "@/lib/texts";
import { toastDone, toastFailed } from "@/ui/toast";
import { pathTo, ToLink } from "@/ui/to-link";
import classes from "./home.module.css";

/** What somebody sees who has nothing yet: the three steps, and where to begin. */
export function FirstRun() {
  const { first } = t.home;
  return (
    <div className={classes.first}>
      <svg
        className={classes.springs}
        viewBox="0 0 900 260"
        preserveAspectRatio="xMidYMid slice"
        fill="none"
        aria-hidden
      >
        <path d="M-20 40c220 0 260 90 460 92s300-10 480-6" strokeWidth="3" />
        <path d="M-20 130c180-10 320-4 460 2" strokeWidth="2" opacity=".6" />
        <path d="M-20 230c240-10 280-90 470-96" strokeWidth="2.5" opacity=".8" />
        <path d="M120 -20c20 90 120 130 250 143" strokeWidth="1.5" opacity=".5" />
        <path d="M180 280c30-80 110-132 260-147" strokeWidth="1.5" opacity=".5" />
      </svg>
      <h1 className={classes.firstTitle}>{first.title}</h1>
      <p className={classes.firstLead}>{first.lead}</p>
      <ol className={classes.steps}>
        <li>
          <h2>{first.connect}</h2>
          <p>{first.connectAbout}</p>
          <Button component={Link} to={"/connectors/catalog" as string}>
            {first.connectAction}
          </Button>
        </li>
        <li>
          <h2>{first.build}</h2>
          <p>{first.buildAbout}</p>
          <Button component={Link} to={"/pipelines/new" as string} variant="default">
            {first.buildAction}
          </Button>
        </li>
        <li>
          <h2>{first.run}</h2>
          <p>{first.runAbout}</p>
        </li>
      </ol>
      <div className={classes.firstElse}>
        <section>
          <h2>{first.look}</h2>
          <p>{first.lookAbout}</p>
          <DemoButton />
        </section>
        <section>
          <h2>{first.file}</h2>
          <p>{first.fileAbout}</p>
          <ToLink to="/project" search={{ side: "apply" }}>
            {first.fileAction}
          </ToLink>
        </section>
      </div>
    </div>
  );
}

/** The demo's pipeline, there to be run. */
function DemoButton() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const setUp = useMutation({
    mutationFn: setUpDemo,
    onSuccess: async () => {
      toastDone(t.home.first.lookDone);
      await navigate({ to: pathTo("/pipelines", DEMO_PIPELINE) });
      await client.invalidateQueries();
    },
    onError: (error) => toastFailed(error),
  });
  return (
    <Button variant="default" loading={setUp.isPending} onClick={() => setUp.mutate()}>
      {t.home.first.lookAction}
    </Button>
  );
}

import { Button, TextInput } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { t } from "@/lib/texts";
import classes from "./component-form.module.css";
import { ErrorState } from "./error-state";
import { Markdown } from "./markdown";
import { Panel } from "./panel";

interface Props {
  name: string;
  onName: (name: string) => void;
  nameHint: string;
  nameError?: string | undefined;
  description: string;
  onDescription: (text: string) => void;
  /** The settings of the type. */
  children: ReactNode;
  docs: string;
  wrong: number;
  showWrong: boolean;
  error: unknown;
  busy: boolean;
  submit: string;
  onSubmit: () => void;
  /** Beside the button to save. */
  actions?: ReactNode;
  /** Under the settings: what a test said. */
  after?: ReactNode;
}

/** The form of a saved connector or processor: name, settings, documentation beside. */
export function ComponentForm(props: Props) {
  const { name, onName, nameHint, nameError, description, onDescription, children, docs, wrong, showWrong } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <div className={classes.columns}>
      <form onSubmit={submit} noValidate className={classes.form}>
        <Panel>
          <div className={classes.fields}>
            <TextInput
              label={t.common.name}
              description={nameHint}
              required
              withAsterisk
              value={name}
              error={nameError}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => onName(event.currentTarget.value)}
            />
            <TextInput
              label={t.common.description}
              value={description}
              onChange={(event) => onDescription(event.currentTarget.value)}
            />
            <hr className={classes.rule} />
            {children}
          </div>
        </Panel>
        {props.error !== null && props.error !== undefined && <ErrorState error={props.error} />}
        <div className={classes.bar}>
          <Button type="submit" loading={props.busy}>
            {props.submit}
          </Button>
          {props.actions}
          {showWrong && wrong > 0 && (
            <span role="alert" className={classes.wrong}>
              {t.forms.invalid(wrong)}
            </span>
          )}
        </div>
        {props.after}
      </form>
      <aside className={classes.docs} aria-label={t.common.docs}>
        <Panel title={t.common.docs}>
          <Markdown text={docs} />
        </Panel>
      </aside>
    </div>
  );
}

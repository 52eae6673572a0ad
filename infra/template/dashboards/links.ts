import { nameOf, type Stack } from '../model.ts';

/** What a markdown link may hold of somebody's text: nothing that ends it, and no markup. */
export function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()<>#|!~\r\n]/g, (character) =>
    /[\r\n]/.test(character) ? ' ' : `\\${character}`,
  );
}

export function link(label: string, url: string): string {
  return `[${label}](${url})`;
}

const home = ({ region }: Stack): string => `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;

/** Where a person finds a dashboard of this stack. */
export function dashboardUrlOf(stack: Stack, name: string): string {
  return `${home(stack)}#dashboards/dashboard/${nameOf(stack, name)}`;
}

/**
 * Logs Insights with a query written into its editor, over the last hour of these log groups. The console keeps its state in the
 * hash, in a notation of its own: `~(key~'text')`, in a text `*20` for a space, and all of that escaped twice, with `$` for `%`.
 */
export function insightsUrl(stack: Stack, groups: readonly string[], query: string): string {
  const sources = groups.map((group) => `~'${inText(group)}`).join('');
  const state = `~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'${inText(query)}~source~(${sources}))`;
  return `${home(stack)}#logsV2:logs-insights$3FqueryDetail$3D${percentEncoded(state).replaceAll('%', '$25')}`;
}

const inText = (text: string): string => percentEncoded(text).replaceAll('%', '*');

/** As `encodeURIComponent`, with everything but letters, digits and `-_.*` encoded. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

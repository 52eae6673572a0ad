import type { Endpoint } from '../endpoint.ts';
import { jsonAnswer } from '../http.ts';
import { describeShortener } from '../openapi/document.ts';
import { publicly, revalidate } from '../revalidate.ts';

const answer = jsonAnswer(200, describeShortener());

/** The OpenAPI document. */
export const describeApi: Endpoint = async ({ request }) => revalidate(request, answer, publicly);

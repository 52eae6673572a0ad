import { pageHref, parseRoute } from '../../../infra/local/console/route.ts';

describe('the address of a page of the console', () => {
  it.each([
    ['', { page: null, section: '' }],
    ['#', { page: null, section: '' }],
    ['#/', { page: null, section: '' }],
    ['#inbox', { page: null, section: 'inbox' }],
    ['#monitor%2Fa%20b', { page: null, section: 'monitor/a b' }],
    ['#/slo/api', { page: 'slo', id: 'api' }],
    ['#/slo', { page: 'slo', id: '' }],
    ['#/slo/', { page: 'slo', id: '' }],
    ['#/slo/a%2Fb/c', { page: 'slo', id: 'a/b/c' }],
    ['#/slo/50%', { page: 'slo', id: '50%' }],
    ['#/<img src=x>', { page: null, section: '' }],
    ['#/__proto__/x', { page: null, section: '' }],
  ])('%s is read', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it.each(['api', 'a/b', '50 %', '?#&', '"><b>', 'größe', '..'])('leads to %s and back', (id) => {
    expect(parseRoute(pageHref('slo', id))).toEqual({ page: 'slo', id });
  });

  it('of everything of a kind has no id', () => {
    expect(pageHref('dashboards')).toBe('#/dashboards');
  });
});

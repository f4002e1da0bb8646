-- Sets what the company aims at for a figure that has a default, and its alarm: beyond the target, on the side that the default has it.
create or replace function effects.set_kpi_target(ctx effects.context, id uuid, kpi text, target numeric, alert numeric) returns void
language plpgsql as $$
declare
  usual record;
begin
  select d.* into usual from kpi.default_targets() as d where d.kpi = set_kpi_target.kpi;
  if usual is null then perform effects.refuse('WRONG', 'kpi'); end if;
  if target is null or target < 0 or target >= 1e9 or (usual.target <= 1 and usual.alert < usual.target and target > 1) then
    perform effects.refuse('WRONG', 'target');
  end if;
  if alert is null or alert < 0 or alert >= 1e9 or (alert < target) <> (usual.alert < usual.target) then perform effects.refuse('WRONG', 'alert'); end if;
  update app.kpi_targets as t set target = set_kpi_target.target, alert = set_kpi_target.alert, updated_at = ctx.at
  where t.company_id = ctx.company_id and t.kpi = set_kpi_target.kpi;
  if not found then
    insert into app.kpi_targets (company_id, id, kpi, target, alert, updated_at)
    values (ctx.company_id, set_kpi_target.id, set_kpi_target.kpi, set_kpi_target.target, set_kpi_target.alert, ctx.at);
  end if;
end $$;

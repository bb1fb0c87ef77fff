"""Cada paso de una evaluación y de un plan se avisa también en la plataforma, con texto sobrio."""

from acompanamiento.acciones import poner_en_consulta
from pdot.acciones import aprobar_evaluacion, devolver_evaluacion
from pdot.acciones_capacidades import pasar_plan
from pdot.acciones_revision import asignar
from pdot.models import Evaluacion, Pregunta
from territorios.avisos import guardar_preferencias
from territorios.models import Aviso, Mensaje
from tests.fabricas_capacidades import ActividadFactory, PlanFactory


def dichos(usuario):
    return list(Aviso.objects.visibles_para(usuario).order_by("pk").values_list("clase", flat=True))


def test_el_camino_de_una_evaluacion(evaluaciones, zonal1, plan_esmeraldas, plan_rioverde):
    evaluacion = evaluaciones["0801"]
    pregunta = Pregunta.objects.first()
    devolver_evaluacion(evaluacion, {pregunta: "Muy reservado"}, por=zonal1, version=1)
    Evaluacion.objects.filter(pk=evaluacion.pk).update(estado="enviada")
    aprobar_evaluacion(evaluacion, por=zonal1, version=2, comentario="También reservado")
    assert dichos(plan_esmeraldas) == ["devuelta", "aprobada"]
    assert dichos(plan_rioverde) == dichos(zonal1) == []
    assert "reservado" not in " ".join(Aviso.objects.values_list("texto", flat=True))
    assert set(Aviso.objects.values_list("direccion", flat=True)) == {evaluacion.get_absolute_url()}


def test_con_resumen_el_correo_de_cada_paso_no_sale_solo(evaluaciones, zonal1, plan_esmeraldas):
    guardar_preferencias(plan_esmeraldas, correo="diario", calladas=[], por=plan_esmeraldas)
    devolver_evaluacion(evaluaciones["0801"], {}, por=zonal1, version=1, comentario="Ojo")
    assert Mensaje.objects.count() == 0
    assert Aviso.objects.get().por_correo is None


def test_a_quien_se_le_encarga_se_le_avisa_y_al_que_la_toma_no(evaluaciones, zonal1, central):
    asignar(evaluaciones["0801"], central, version=0, por=zonal1)
    asignar(evaluaciones["0801"], zonal1, version=1, por=zonal1)
    assert (dichos(central), dichos(zonal1)) == (["encargo"], [])


def test_un_plan_propuesto_se_avisa_a_la_zona_que_lo_aprueba(grupo2, zonal1, zonal4):
    plan = PlanFactory(grupo=grupo2)
    ActividadFactory(plan=plan)
    pasar_plan(plan, "propuesto", motivo="", por=zonal1, version=1)
    assert (dichos(zonal4), dichos(zonal1)) == (["plan"], [])


def test_una_linea_en_consulta_se_avisa_a_los_gad_de_su_provincia(
    lineas, client, zonal1, plan_rioverde, plan_chone
):
    poner_en_consulta(lineas["linea borrador"], por=zonal1, version=1)
    assert (dichos(plan_rioverde), dichos(plan_chone)) == (["linea"], [])
    client.force_login(plan_rioverde)
    assert client.get(Aviso.objects.get().direccion).status_code == 200

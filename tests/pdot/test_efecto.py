"""El efecto: de la necesidad a la re-evaluación, diciendo lo que falta y lo que no prueba."""

from datetime import date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from pdot.efecto import cadenas_de_gad, resumen_de_grupo
from pdot.models import Evaluacion, Instrumento, Paso, Respuesta
from talleres.models import Encuentro
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, InstrumentoFactory
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.fabricas_registro import ParticipanteFactory


def aprobada(pdot, numero, dia, por, **valores):
    """Evaluación aprobada ese día; las preguntas que no se dicen quedan en PARCIAL."""
    hecha = EvaluacionFactory(
        pdot=pdot,
        instrumento=Instrumento.objects.vigente() or InstrumentoFactory(con_preguntas=True),
        numero=numero,
        estado="aprobada",
        respondida="Porque sí",
    )
    for codigo, valor in valores.items():
        Respuesta.objects.filter(evaluacion=hecha, pregunta__codigo=codigo).update(valor=valor)
    paso = Paso.objects.create(evaluacion=hecha, de="enviada", a="aprobada", por=por)
    cuando = timezone.make_aware(datetime(dia.year, dia.month, dia.day, 12))
    Paso.objects.filter(pk=paso.pk).update(cuando=cuando)
    return hecha


@pytest.fixture
def atendida(grupo1, encuentro1, territorio):
    """Una necesidad de Rioverde con una actividad de marzo de 2020 a la que fueron dos personas."""
    una = NecesidadFactory(gad_id="0807", tema="Formular proyectos")
    plan = PlanFactory(grupo=grupo1, vigente=True, desde=date(2020, 1, 1), hasta=date(2020, 12, 31))
    ParticipanteFactory.create_batch(2, encuentro=encuentro1, gad=territorio.gad["0807"])
    ParticipanteFactory(encuentro=encuentro1, gad=territorio.gad["0801"])
    return ActividadFactory(
        plan=plan,
        titulo="Taller de proyectos",
        desde=date(2020, 3, 1),
        hasta=date(2020, 3, 31),
        necesidades=[una],
        gads=[territorio.gad["0807"]],
        encuentros=[encuentro1],
    )


def test_la_cadena_completa_dice_que_cambio(client, zonal1, atendida, pdots, territorio):
    aprobada(pdots["0807"], 1, date(2019, 9, 1), zonal1, a1="no", a2="si")
    aprobada(pdots["0807"], 2, date(2020, 6, 1), zonal1, a1="parcial", a2="no")
    aprobada(pdots["0807"], 3, date(2020, 9, 1), zonal1, a1="si", a2="si")
    (cadena,) = cadenas_de_gad(territorio.gad["0807"], zonal1)
    (eslabon,) = cadena.eslabones
    re = eslabon.reevaluacion
    assert (eslabon.personas, eslabon.faltan, cadena.esta_completa) == (2, [], True)
    # La primera posterior, y no la última: es la más cercana a la actividad.
    assert (re.antes.numero, re.despues.numero) == (1, 2)
    assert [(c.pregunta.codigo, c.antes.valor, c.despues.valor) for c in re.cambios] == [
        ("a1", "no", "parcial"),
        ("a2", "si", "no"),
    ]
    assert (re.suben, re.bajan, re.iguales) == (1, 1, 2)
    respuesta = entrar(client, zonal1).get(reverse("pdot:efecto", args=["0807"]))
    assert "no prueba que la actividad lo causara" in respuesta.text
    assert "2 personas de este GAD" in respuesta.text


def test_cada_eslabon_que_falta_se_dice(zonal1, atendida, territorio):
    atendida.encuentros.clear()
    (cadena,) = cadenas_de_gad(territorio.gad["0807"], zonal1)
    assert cadena.eslabones[0].faltan == [
        "La actividad no tiene encuentros vinculados: no se sabe quién asistió.",
        "No hay una evaluación aprobada anterior a la actividad.",
        "No hay una evaluación aprobada posterior a la actividad.",
    ]
    suelta = NecesidadFactory(gad_id="0807", tema="Cartografía")
    sin_nada = [c for c in cadenas_de_gad(territorio.gad["0807"], zonal1) if not c.eslabones]
    assert [cadena.necesidad for cadena in sin_nada] == [suelta]


def test_de_un_grupo_cada_gad_cuenta_solo_a_los_suyos(zonal1, atendida, grupo1, territorio):
    atendida.necesidades.add(NecesidadFactory(grupo=grupo1, tema="Del grupo"))
    (cadena,) = cadenas_de_gad(territorio.gad["0801"], zonal1)
    (eslabon,) = cadena.eslabones
    assert (cadena.necesidad.tema, eslabon.personas) == ("Del grupo", 1)
    assert eslabon.faltan[0] == "El GAD no está entre los beneficiarios de la actividad."


def test_lo_cargado_de_un_documento_no_tiene_fecha_y_vale_de_anterior(
    zonal1, atendida, pdots, territorio
):
    aprobada(pdots["0807"], 1, date(2026, 1, 1), None, a1="no")
    (cadena,) = cadenas_de_gad(territorio.gad["0807"], zonal1)
    re = cadena.eslabones[0].reevaluacion
    assert (re.antes.fecha, re.despues) == (None, None)


def test_un_plan_sin_aprobar_no_atiende(zonal1, atendida, territorio):
    plan = atendida.plan
    plan.estado, plan.aprobado = "borrador", None
    plan.save()
    (cadena,) = cadenas_de_gad(territorio.gad["0807"], zonal1)
    assert cadena.eslabones == []


def test_quien_no_ve_la_evaluacion_no_ve_lo_que_cambio(elenco, atendida, pdots, territorio):
    central = elenco["central"]
    aprobada(pdots["0807"], 1, date(2019, 9, 1), central)
    aprobada(pdots["0807"], 2, date(2020, 9, 1), central, a1="si")
    Evaluacion.objects.filter(numero=2).update(estado="enviada")
    cuantas = {
        quien: [len(c.eslabones) for c in cadenas_de_gad(territorio.gad["0807"], elenco[quien])]
        for quien in ("central", "observador", "zonal4", "plan_esmeraldas", "plan_chone")
    }
    assert cuantas == {
        "central": [1],
        "observador": [1],
        "zonal4": [],
        "plan_esmeraldas": [1],
        "plan_chone": [],
    }
    (cadena,) = cadenas_de_gad(territorio.gad["0807"], elenco["observador"])
    assert not any(uno.reevaluacion.se_puede_comparar for uno in cadena.eslabones)


def test_el_grupo_resume_hasta_donde_llega_cada_gad(
    client, zonal1, atendida, grupo1, pdots, django_assert_max_num_queries
):
    aprobada(pdots["0807"], 1, date(2019, 9, 1), zonal1, a1="no")
    aprobada(pdots["0807"], 2, date(2020, 6, 1), zonal1, a1="si")
    renglones = {
        uno.gad.pk: (uno.necesidades, uno.con_asistencia, uno.con_reevaluacion, uno.suben)
        for uno in resumen_de_grupo(grupo1, zonal1)
    }
    nada = (0, 0, 0, 0)
    assert renglones == {"08": nada, "0801": nada, "080752": nada, "0807": (1, 1, 1, 1)}
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        client.get(reverse("pdot:efecto_de_grupo", args=[grupo1.pk]))


@pytest.mark.parametrize(("quien", "estado"), [("zonal4", 404), ("plan_chone", 404)])
def test_el_grupo_ajeno_no_se_abre(client, elenco, grupo1, quien, estado):
    entrar(client, elenco[quien])
    assert client.get(reverse("pdot:efecto_de_grupo", args=[grupo1.pk])).status_code == estado


def test_los_encuentros_que_no_se_ven_no_se_cuentan(
    plan_rioverde, zonal1, grupo1, encuentro2, territorio
):
    una = NecesidadFactory(gad_id="0807")
    plan = PlanFactory(grupo=grupo1, vigente=True)
    rioverde = territorio.gad["0807"]
    ActividadFactory(plan=plan, necesidades=[una], gads=[rioverde], encuentros=[encuentro2])
    ParticipanteFactory(encuentro=encuentro2, gad=rioverde)
    for quien in (plan_rioverde, zonal1):
        ve = Encuentro.objects.visibles_para(quien).filter(pk=encuentro2.pk).exists()
        (cadena,) = cadenas_de_gad(rioverde, quien)
        (eslabon,) = cadena.eslabones
        oculto = "La actividad tiene encuentros que usted no puede ver: aquí no se cuentan."
        assert (eslabon.personas, oculto in eslabon.faltan) == ((1, False) if ve else (0, True))
    assert not Encuentro.objects.visibles_para(plan_rioverde).filter(pk=encuentro2.pk).exists()

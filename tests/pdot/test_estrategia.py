"""La página de una estrategia: su marco, sus grupos, sus espacios y su avance."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse

from acompanamiento.models import CumplimientoHito, ElementoEstrategia, Estrategia, Grupo
from pdot.avance import MOMENTOS
from talleres.models import Encuentro
from territorios.models import EspacioCoordinacion
from tests.conftest import entrar
from tests.fabricas import (
    AcuerdoFactory,
    EncuentroFactory,
    EstrategiaFactory,
    EvaluacionFactory,
    GrupoFactory,
)

pytestmark = pytest.mark.django_db
Tipo = ElementoEstrategia.Tipo
PIEZAS = [
    (Tipo.OBJETIVO, "Evaluar los planes", ""),
    (Tipo.OBJETIVO, "Generar cooperación", "Político-institucional"),
    (Tipo.AMBITO, "Político-institucional", "Político-institucional"),
    (Tipo.AMBITO, "Técnico-metodológico", "Técnico-metodológico"),
    (Tipo.EJE, "Institucionalización", "Político-institucional"),
    (Tipo.EJE, "Instrumentalización", "Técnico-metodológico"),
    (Tipo.ACCION, "Acordar lineamientos", "Político-institucional"),
    (Tipo.FASE, "Orientación inicial", "Técnico-metodológico"),
    (Tipo.FASE, "Fase suelta", "Un ámbito que no existe"),
    (Tipo.ESPACIO, "Mesas zonales", ""),
    (Tipo.EJE_ESTRATEGICO, "Identidad cultural", ""),
    (Tipo.MOMENTO, "Diálogo con prefecto/a", ""),
]


@pytest.fixture
def con_marco(estrategia):
    for orden, (tipo, nombre, ambito) in enumerate(PIEZAS):
        estrategia.elementos.create(tipo=tipo, orden=orden, nombre=nombre, ambito=ambito)
    return estrategia


def pagina(client, usuario, codigo="piloto-2019", **consulta):
    ruta = reverse("acompanamiento:estrategia", args=[codigo])
    return entrar(client, usuario).get(ruta, consulta)


def test_muestra_todas_las_piezas(client, observador, con_marco):
    texto = pagina(client, observador).content.decode()
    faltan = [nombre for _, nombre, _ in PIEZAS if nombre not in texto]
    # Los ámbitos van de título: «Ámbito político-institucional».
    assert faltan == ["Político-institucional", "Técnico-metodológico"]
    assert "Ámbito político-institucional" in texto
    assert "Ámbito técnico-metodológico" in texto


def test_cada_ambito_lleva_su_eje_sus_estrategias_y_sus_fases(client, observador, con_marco):
    ambitos = pagina(client, observador).context["ambitos"]
    leidos = [
        (a["nombre"], [(titulo, [p.nombre for p in piezas]) for titulo, piezas in a["partes"]])
        for a in ambitos
    ]
    assert leidos == [
        (
            "Ámbito político-institucional",
            [
                ("Objetivos", ["Generar cooperación"]),
                ("Eje", ["Institucionalización"]),
                ("Estrategias", ["Acordar lineamientos"]),
            ],
        ),
        (
            "Ámbito técnico-metodológico",
            [("Eje", ["Instrumentalización"]), ("Fases", ["Orientación inicial"])],
        ),
        ("Sin ámbito", [("Fases", ["Fase suelta"])]),
    ]


@pytest.mark.parametrize(
    ("quien", "numeros"),
    [("central", [1, 2]), ("zonal4", [2]), ("plan_rioverde", [1]), ("plan_chone", [])],
)
def test_el_marco_lo_lee_cualquiera_pero_los_grupos_segun_alcance(
    client, elenco, grupo1, grupo2, quien, numeros
):
    respuesta = pagina(client, elenco[quien])
    assert respuesta.status_code == 200
    assert [grupo.numero for grupo in respuesta.context["grupos"]] == numeros


def test_la_que_no_existe_es_404(client, central, estrategia):
    assert pagina(client, central, "otra").status_code == 404


def test_sin_sesion_se_pide_ingresar(client, estrategia):
    ruta = reverse("acompanamiento:estrategia", args=[estrategia.codigo])
    assert client.get(ruta).status_code == 302


def test_la_bitacora_lleva_lo_que_cambian_sus_elementos(client, central, estrategia):
    eje = ElementoEstrategia(estrategia=estrategia, tipo="eje", orden=1, nombre="Gobernanza")
    eje.save()
    eje.orden, eje._history_user = 2, central
    eje.save()
    ultima, *demas = pagina(client, central, cambios=1).context["bitacora"]
    assert ultima.que == "Cambió «Gobernanza» (eje)"
    assert [(c.campo, c.antes, c.despues) for c in ultima.cambios] == [("orden", "1", "2")]
    assert [entrada.que for entrada in demas] == ["Creó la estrategia"]


def test_la_bitacora_solo_la_ve_quien_puede(client, central, observador, estrategia):
    bitacora = pagina(client, central, cambios=1).context["bitacora"]
    assert [entrada.que for entrada in bitacora] == ["Creó la estrategia"]
    assert pagina(client, observador, cambios=1).context["bitacora"] == []


def test_sin_marco_ni_grupos_se_lee_igual(client, observador, estrategia):
    respuesta = pagina(client, observador)
    assert respuesta.status_code == 200
    assert "no tiene grupos en su jurisdicción" in respuesta.content.decode()


# --- Espacios y acciones ------------------------------------------------------------------------


def test_los_espacios_que_acogen_a_sus_grupos_con_enlace(client, central, grupo1, grupo2):
    mesa = EspacioCoordinacion.objects.create(nombre="Mesa zonal 4", tipo="mesa_zonal")
    EspacioCoordinacion.objects.create(nombre="Otra mesa", tipo="mesa_zonal")
    Grupo.objects.update(espacio=mesa)
    respuesta = pagina(client, central)
    assert respuesta.context["espacios"] == [(mesa, [grupo1, grupo2])]
    enlace = f"{reverse('territorios:espacios')}#espacio-{mesa.pk}"
    assert f'<a href="{enlace}">Mesa zonal 4</a>' in respuesta.text
    assert "Otra mesa" not in respuesta.text


def test_de_un_espacio_se_dicen_solo_los_grupos_que_se_ven(client, zonal4, grupo1, grupo2):
    Grupo.objects.update(
        espacio=EspacioCoordinacion.objects.create(nombre="Mesa", tipo="mesa_zonal")
    )
    espacios = pagina(client, zonal4).context["espacios"]
    assert [[g.numero for g in acogidos] for _, acogidos in espacios] == [[2]]


@pytest.mark.parametrize(
    ("quien", "edita"), [("central", True), ("zonal1", False), ("observador", False)]
)
def test_solo_la_central_la_edita(client, elenco, estrategia, quien, edita):
    direccion = reverse("admin:acompanamiento_estrategia_change", args=[estrategia.pk])
    assert (f'href="{direccion}"' in pagina(client, elenco[quien]).text) == edita


# --- Avance -------------------------------------------------------------------------------------


def avance(client, usuario):
    return pagina(client, usuario).context["avance"]


def momentos(hallado):
    return {tipo: (planificados, hechos) for tipo, _, planificados, hechos in hallado.momentos}


def test_lo_planificado_se_distingue_de_lo_realizado_y_lo_cancelado_no_cuenta(
    client, central, grupo1
):
    for estado in Encuentro.Estado.values:
        EncuentroFactory(
            estrategia=grupo1.estrategia, estado=estado, motivo="Prueba", grupos=[grupo1]
        )
    EncuentroFactory(estrategia=grupo1.estrategia, tipo="M1", estado="realizado", grupos=[grupo1])
    EncuentroFactory(estrategia=EstrategiaFactory(codigo="otra"))
    assert momentos(avance(client, central)) == {"M1": (0, 1), "M2": (0, 0), "M3": (3, 1)}
    assert list(momentos(avance(client, central))) == [str(tipo) for tipo in MOMENTOS]


def test_acuerdos_por_estado_con_los_vencidos(client, central, grupo1, territorio):
    for estado in ("pendiente", "en_curso", "cumplido", "cumplido"):
        AcuerdoFactory(
            grupo=grupo1,
            responsable_gad=territorio.gad["0807"],
            estado=estado,
            fecha_limite=date(2019, 9, 1),
        )
    hallado = avance(client, central)
    assert [(estado, n) for estado, _, n in hallado.acuerdos] == [
        ("pendiente", 1),
        ("en_curso", 1),
        ("cumplido", 2),
        ("cancelado", 0),
    ]
    assert hallado.vencidos == 2


def test_aprobados_son_los_gad_acompanados_con_una_aprobada(
    client, central, grupo1, grupo2, evaluaciones, pdots, instrumento
):
    """Muisne, del grupo 2; que tenga dos aprobadas no lo cuenta dos veces."""
    EvaluacionFactory(pdot=pdots["0803"], instrumento=instrumento, numero=2, estado="aprobada")
    EvaluacionFactory(pdot=pdots["1303"], instrumento=instrumento, numero=2, estado="aprobada")
    assert avance(client, central).aprobados == 1
    Grupo.objects.filter(pk=grupo2.pk).update(estado="propuesto")
    assert avance(client, central).aprobados == 0


def test_los_hitos_se_cumplen_una_vez_por_miembro(client, central, hitos, grupo1):
    for codigo in ("0807", "0801"):
        CumplimientoHito.objects.create(
            hito=hitos["hito1"], gad_id=codigo, fecha=date(2019, 9, 1), por=central
        )
    hallado = avance(client, central)
    assert (hallado.hitos_cumplidos, hallado.hitos_por_cumplir) == (2, 4 + 5)
    grupo1.membresias.filter(gad="0801").update(hasta=date(2020, 1, 1))
    hallado = avance(client, central)
    assert (hallado.hitos_cumplidos, hallado.hitos_por_cumplir) == (1, 3 + 5)


def test_cada_quien_cuenta_lo_que_ve(client, elenco, acuerdos, hitos, encuentro1, encuentro2):
    contado = {}
    for quien in ("central", "zonal4", "plan_rioverde", "plan_chone"):
        hallado = avance(client, elenco[quien])
        contado[quien] = (
            momentos(hallado)["M3"][0],
            sum(n for *_, n in hallado.acuerdos),
            hallado.hitos_por_cumplir,
        )
    assert contado == {
        "central": (2, 2, 9),
        # Tres de los cinco del grupo son de su zona.
        "zonal4": (1, 1, 3),
        "plan_rioverde": (1, 1, 4),
        "plan_chone": (0, 0, 0),
    }


def test_los_propuestos_se_dicen_aparte(client, central, grupo1, grupo2):
    Grupo.objects.filter(pk=grupo2.pk).update(estado="propuesto")
    respuesta = pagina(client, central)
    assert "1 grupo y 1 propuesto" in respuesta.text
    total = respuesta.context["total"]
    assert (total.provinciales, total.municipales, total.parroquiales) == (1, 2, 1)


def test_consultas_no_crecen_con_los_grupos(
    client, observador, con_marco, grupo1, territorio, django_assert_num_queries
):
    entrar(client, observador)
    ruta = reverse("acompanamiento:estrategia", args=[con_marco.codigo])
    with django_assert_num_queries(8):
        client.get(ruta)
    for codigo in ("0803", "1303"):
        GrupoFactory(
            estrategia=con_marco, zona=territorio.zona[1], miembros=[territorio.gad[codigo]]
        )
    with django_assert_num_queries(8):
        assert len(client.get(ruta).context["grupos"]) == 3


@pytest.mark.parametrize("cambio", [{"desde": date.min}, {"hasta": date.max}])
def test_la_base_no_admite_un_periodo_absurdo(estrategia, cambio):
    with pytest.raises(IntegrityError):
        Estrategia.objects.update(**cambio)

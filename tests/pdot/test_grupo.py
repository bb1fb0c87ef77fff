"""La página de un grupo: junta miembros, encuentros, evaluaciones, visión y aportes."""

from datetime import date

import pytest
from django.urls import reverse

from acompanamiento.models import Grupo, Membresia
from pdot.grupo import bitacora_de_grupo, ficha_de_grupo, traer_grupo
from pdot.models import ElementoVision, Evaluacion
from talleres.models import Encuentro
from tests.conftest import entrar
from tests.fabricas import (
    AporteFactory,
    CriterioFactory,
    EncuentroFactory,
    EvaluacionFactory,
    GrupoFactory,
)

pytestmark = pytest.mark.django_db


def ruta(grupo):
    return reverse("pdot:grupo", args=[grupo.pk])


def ficha_de(grupo, usuario):
    return ficha_de_grupo(traer_grupo(usuario, grupo.pk), usuario)


def texto(client, usuario, grupo):
    return entrar(client, usuario).get(ruta(grupo)).content.decode()


@pytest.mark.parametrize(
    ("quien", "ven"),
    [
        ("central", [200, 200]),
        ("observador", [200, 200]),
        ("zonal1", [200, 200]),
        ("zonal4", [404, 200]),
        ("plan_rioverde", [200, 404]),
        ("plan_chone", [404, 404]),
    ],
)
def test_fuera_de_la_jurisdiccion_es_404(client, elenco, grupo1, grupo2, quien, ven):
    entrar(client, elenco[quien])
    assert [client.get(ruta(grupo)).status_code for grupo in (grupo1, grupo2)] == ven


def test_sin_sesion_se_pide_ingresar(client, grupo1):
    assert client.get(ruta(grupo1)).status_code == 302


def test_es_la_pagina_del_grupo_que_enlazan_las_listas(grupo1):
    assert grupo1.get_absolute_url() == ruta(grupo1)


def test_miembros_por_nivel(grupo2, central):
    miembros = ficha_de(grupo2, central)["miembros"]
    assert [(nivel, [gad.pk for gad in gads]) for nivel, gads in miembros] == [
        ("GAD provinciales", ["08", "13"]),
        ("GAD municipales", ["0803", "1317"]),
        ("GAD parroquial rural", ["131751"]),
    ]


def test_los_miembros_son_los_de_hoy(grupo1, central):
    grupo1.membresias.filter(gad="0801").update(desde=date(2099, 1, 1))
    grupo1.membresias.filter(gad="0807").update(hasta=date(2099, 1, 1))
    miembros = ficha_de(grupo1, central)["miembros"]
    assert [gad.pk for _, gads in miembros for gad in gads] == ["08", "0807", "080752"]


def test_datos_estado_y_motivo(client, central, territorio, estrategia):
    grupo = GrupoFactory(
        estrategia=estrategia,
        numero=7,
        zona=territorio.zona[4],
        estado=Grupo.Estado.CANCELADO,
        motivo="No se convocó.",
        justificacion="Los separa el estuario.",
        miembros=[territorio.gad["1303"]],
    )
    pagina = texto(client, central, grupo)
    for dicho in ("Cancelado", "No se convocó.", "Los separa el estuario.", "Zona 4 · Pacífico"):
        assert dicho in pagina
    assert "Programar un encuentro" not in pagina


def test_encuentros_por_momento_y_en_orden(central, grupo1, territorio):
    tipo = Encuentro.Tipo
    for dia, cual in ((23, tipo.M2), (20, tipo.M1), (22, tipo.M3), (21, tipo.M2)):
        EncuentroFactory(
            estrategia=grupo1.estrategia, tipo=cual, fecha=date(2019, 8, dia), grupos=[grupo1]
        )
    momentos = ficha_de(grupo1, central)["momentos"]
    assert [(codigo, [e.fecha.day for e in suyos]) for codigo, _, suyos in momentos] == [
        ("M1", [20]),
        ("M2", [21, 23]),
        ("M3", [22]),
        ("C", []),
    ]


def test_lo_declarado_se_distingue_de_lo_registrado(client, central, encuentro1, grupo1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(participantes_declarados=38)
    pagina = texto(client, central, grupo1)
    assert "<strong>38 personas</strong>" in pagina
    assert "total declarado, sin nómina" in pagina


def test_la_matriz_solo_lleva_lo_aprobado(central, grupo1, grupo2, evaluaciones):
    de_grupo1 = ficha_de(grupo1, central)
    assert de_grupo1["evaluadas"] == []
    # La de Esmeraldas se envió y se anuncia; la de Rioverde es un borrador y no se ve.
    assert [fila.gad.pk for fila in de_grupo1["en_camino"]] == ["0801"]
    de_grupo2 = ficha_de(grupo2, central)
    assert [fila.gad.pk for fila in de_grupo2["evaluadas"]] == ["0803"]
    cifras = [(valor, n) for valor, _, n in de_grupo2["cuenta"].cifras]
    assert cifras == [("si", 0), ("parcial", 4), ("no", 0), ("sin", 0)]


def test_la_planificadora_no_ve_lo_no_aprobado_de_otro_gad(plan_rioverde, grupo1, evaluaciones):
    ficha = ficha_de(grupo1, plan_rioverde)
    assert [fila.gad.pk for fila in ficha["en_camino"]] == ["0807"]


def test_vision_comun_compartida_y_de_cada_gad(central, grupo2, evaluaciones, territorio):
    aprobada, enviada = evaluaciones["0803"], evaluaciones["0801"]
    ElementoVision.objects.create(grupo=grupo2, orden=1, texto="Riesgos")
    compartido = ElementoVision.objects.create(grupo=grupo2, orden=2, texto="Pesca")
    compartido.gads.set([territorio.gad["0803"], territorio.gad["1317"]])
    ElementoVision.objects.create(evaluacion=aprobada, orden=1, texto="Manglar")
    ElementoVision.objects.create(evaluacion=enviada, orden=1, texto="Ajeno")
    ficha = ficha_de(grupo2, central)
    assert [uno["texto"] for uno in ficha["vision_comun"]] == ["Riesgos"]
    de_gads = [(quien, [e["texto"] for e in suyos]) for quien, suyos in ficha["vision_de_gads"]]
    assert sorted(de_gads) == [
        ("Muisne (cantón, Esmeraldas)", ["Manglar"]),
        ("Muisne y Pedernales", ["Pesca"]),
    ]


def test_la_vision_de_lo_no_aprobado_no_sale(central, grupo1, evaluaciones):
    ElementoVision.objects.create(evaluacion=evaluaciones["0801"], orden=1, texto="Sin aprobar")
    assert ficha_de(grupo1, central)["vision_de_gads"] == []


def test_homonimos_no_se_juntan(central, grupo1, evaluaciones, instrumento, territorio):
    """Esmeraldas es provincia y es cantón."""
    Evaluacion.objects.filter(pk=evaluaciones["0801"].pk).update(estado="aprobada")
    provincial = EvaluacionFactory(
        pdot__gad=territorio.gad["08"], instrumento=instrumento, estado="aprobada"
    )
    ElementoVision.objects.create(evaluacion=evaluaciones["0801"], orden=1, texto="Del cantón")
    ElementoVision.objects.create(evaluacion=provincial, orden=1, texto="De la provincia")
    quienes = [quien for quien, _ in ficha_de(grupo1, central)["vision_de_gads"]]
    assert sorted(quienes) == ["Esmeraldas (cantón, Esmeraldas)", "Esmeraldas (provincia)"]


def test_los_homonimos_de_una_ficha_compartida_no_se_juntan(central, grupo1, territorio):
    for orden, (codigo, texto) in enumerate([("08", "Ríos"), ("0801", "Puerto")], 1):
        elemento = ElementoVision.objects.create(grupo=grupo1, orden=orden, texto=texto)
        elemento.gads.set([territorio.gad[codigo]])
    leidos = ficha_de(grupo1, central)["vision_de_gads"]
    assert [(quien, [e["texto"] for e in suyos]) for quien, suyos in leidos] == [
        ("Esmeraldas (provincia)", ["Ríos"]),
        ("Esmeraldas (cantón, Esmeraldas)", ["Puerto"]),
    ]


def test_aportes_propios_y_comunes_por_momento(central, grupo1, grupo2, encuentro1):
    AporteFactory(estrategia=grupo1.estrategia, momento="M1", texto="Común")
    AporteFactory(estrategia=grupo1.estrategia, momento="M3", texto="Propio", grupo=grupo1)
    AporteFactory(
        estrategia=grupo1.estrategia, momento="M3", texto="En taller", encuentro=encuentro1
    )
    AporteFactory(estrategia=grupo1.estrategia, momento="M3", texto="Ajeno", grupo=grupo2)
    aportes = ficha_de(grupo1, central)["aportes"]
    leidos = [
        (momento, sorted(a.texto for a in propios), [a.texto for a in comunes])
        for momento, propios, comunes in aportes
    ]
    assert leidos == [("Momento 1", [], ["Común"]), ("Momento 3", ["En taller", "Propio"], [])]


@pytest.mark.parametrize(
    ("quien", "acciones"),
    [
        ("central", (True, True)),
        ("zonal1", (True, True)),
        ("observador", (False, True)),
        ("plan_rioverde", (False, True)),
    ],
)
def test_acciones_segun_el_rol(client, elenco, grupo1, quien, acciones):
    pagina = texto(client, elenco[quien], grupo1)
    pdf = reverse("pdot:grupo_pdf", args=[grupo1.pk])
    assert ("Programar un encuentro" in pagina, pdf in pagina) == acciones


def test_bitacora_solo_a_quien_puede_y_al_pedirla(client, central, observador, grupo1):
    pedida = f"{ruta(grupo1)}?cambios=1"

    def dichos(usuario):
        entrar(client, usuario)
        paginas = [client.get(direccion).text for direccion in (ruta(grupo1), pedida)]
        return [(pedida in pagina, "Creó el grupo" in pagina) for pagina in paginas]

    assert dichos(central) == [(True, False), (False, True)]
    assert dichos(observador) == [(False, False), (False, False)]


def test_la_bitacora_dice_que_cambio_con_nombres(central, grupo1, territorio):
    Grupo.historia.all().delete()
    riesgos, pesca = CriterioFactory(nombre="Riesgos"), CriterioFactory(nombre="Pesca")
    grupo1._history_user = central
    grupo1.save()
    grupo1.criterio, grupo1.sede = riesgos, territorio.lugar["0801"]
    grupo1.save()
    grupo1.criterios_secundarios.set([pesca])
    sale = grupo1.membresias.get(gad="0801")
    sale.hasta, sale._history_user = date(2019, 12, 1), central
    sale.save()
    dichos = {
        (entrada.que, c.campo): (c.antes, c.despues)
        for entrada in bitacora_de_grupo(central, grupo1)
        for c in entrada.cambios
    }
    assert dichos == {
        ("Cambió el grupo", "criterio principal"): ("Turismo", "Riesgos"),
        ("Cambió el grupo", "sede"): ("Rioverde", "Esmeraldas"),
        ("Cambió el grupo", "criterios secundarios"): ("", "Pesca"),
        ("Cambió la membresía de Esmeraldas (cantón, Esmeraldas)", "hasta"): (
            "",
            "1 de diciembre de 2019",
        ),
    }


def test_la_bitacora_cuenta_entradas_y_salidas_de_personas(central, grupo1, territorio):
    nueva = Membresia(grupo=grupo1, gad=territorio.gad["0803"], desde=date(2019, 9, 1))
    nueva._history_user = central
    nueva.save()
    dichos = [entrada.que for entrada in bitacora_de_grupo(central, grupo1)]
    assert dichos == ["Creó la membresía de Muisne (cantón, Esmeraldas)", "Creó el grupo"]


def test_vacio_ensenia_el_siguiente_paso(client, central, territorio, estrategia):
    grupo = GrupoFactory(estrategia=estrategia, zona=territorio.zona[1])
    pagina = texto(client, central, grupo)
    for dicho in ("Todavía no tiene GAD miembros", "Todavía no tiene encuentros"):
        assert dicho in pagina


def contar(client, grupo, django_assert_max_num_queries):
    with django_assert_max_num_queries(8) as consultas:
        assert client.get(ruta(grupo)).status_code == 200
    return len(consultas)


def test_consultas_no_crecen_con_las_filas(
    client,
    central,
    grupo1,
    evaluaciones,
    encuentro1,
    instrumento,
    pdots,
    django_assert_max_num_queries,
):
    Evaluacion.objects.filter(pk=evaluaciones["0801"].pk).update(estado="aprobada")
    ElementoVision.objects.create(evaluacion=evaluaciones["0801"], orden=1, texto="Uno")
    AporteFactory(estrategia=grupo1.estrategia, grupo=grupo1)
    entrar(client, central)
    con_una = contar(client, grupo1, django_assert_max_num_queries)
    for codigo in ("0807", "080752"):
        pk = (
            evaluaciones["0807"].pk
            if codigo == "0807"
            else EvaluacionFactory(pdot=pdots[codigo], instrumento=instrumento, respondida="Sí").pk
        )
        Evaluacion.objects.filter(pk=pk).update(estado="aprobada")
        ElementoVision.objects.create(evaluacion_id=pk, orden=1, texto=f"De {codigo}")
        EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1])
        AporteFactory(estrategia=grupo1.estrategia, grupo=grupo1)
    con_tres = contar(client, grupo1, django_assert_max_num_queries)
    assert len(ficha_de(grupo1, central)["evaluadas"]) == 3
    assert con_una == con_tres

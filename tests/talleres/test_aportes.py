"""Los verbos de los aportes: anotar, corregir, retirar, reponer, agrupar y ordenar."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from talleres.acciones import EncuentroCerrado, NoProcede
from talleres.acciones_preparacion import guardar_insumos
from talleres.aportes import (
    agrupar_aportes,
    anotar_aporte,
    corregir_aporte,
    desagrupar_aportes,
    mover_aporte,
    reponer_aporte,
    retirar_aporte,
    titular_cumulo,
)
from talleres.models import Aporte, CumuloAportes, Encuentro, PreguntaEncuentro, con_serie
from territorios.versiones import Conflicto
from tests.fabricas import AporteFactory, EncuentroFactory, PuntoAgendaFactory


@pytest.fixture
def pregunta(encuentro1):
    return PreguntaEncuentro.objects.create(encuentro=encuentro1, orden=1, texto="¿Qué falta?")


def anotar(encuentro, por, **datos):
    return anotar_aporte(Aporte(encuentro=encuentro, **{"texto": "Falta agua", **datos}), por=por)


def textos(encuentro):
    return list(encuentro.aportes.order_by("orden").values_list("texto", flat=True))


def serie(encuentro):
    return con_serie(Encuentro.objects.filter(pk=encuentro.pk)).get().serie


# --- Anotar -------------------------------------------------------------------------------------


def test_anotar_la_pone_al_final_con_su_autora(encuentro1, pregunta, zonal1):
    primera, _ = anotar(encuentro1, zonal1, pregunta=pregunta, gad_id="0807", mesa="2")
    segunda, ya_estaba = anotar(encuentro1, zonal1, texto="Falta luz")
    assert (primera.autor, primera.estrategia, primera.momento) == (
        zonal1,
        encuentro1.estrategia,
        "M3",
    )
    assert textos(encuentro1) == ["Falta agua", "Falta luz"]
    assert (primera.seccion, segunda.seccion, ya_estaba) == (f"q{pregunta.pk}", "", False)
    assert primera.historia.get().history_user == zonal1
    assert serie(encuentro1) == segunda.serie == primera.serie + 1


def test_el_mismo_envio_dos_veces_deja_una(encuentro1, zonal1, central):
    clave = uuid4()
    primera, _ = anotar(encuentro1, zonal1, clave_envio=clave)
    otra, ya_estaba = anotar(encuentro1, central, clave_envio=clave, texto="Otra cosa")
    assert (otra, ya_estaba) == (primera, True)
    assert textos(encuentro1) == ["Falta agua"]


def test_la_clave_de_otro_encuentro_no_sirve(encuentro1, encuentro2, central):
    clave = uuid4()
    anotar(encuentro1, central, clave_envio=clave)
    with pytest.raises(NoProcede, match="otro encuentro"):
        anotar(encuentro2, central, clave_envio=clave)
    assert Aporte.objects.count() == 1


def test_no_se_anota_en_un_encuentro_cancelado(encuentro1, zonal1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="cancelado", motivo="Lluvia")
    with pytest.raises(EncuentroCerrado, match="está cancelado"):
        anotar(encuentro1, zonal1)
    assert textos(encuentro1) == []


def test_lo_ya_guardado_no_se_niega_aunque_se_haya_cancelado(encuentro1, zonal1):
    clave = uuid4()
    primera, _ = anotar(encuentro1, zonal1, clave_envio=clave)
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="cancelado", motivo="Lluvia")
    assert anotar(encuentro1, zonal1, clave_envio=clave) == (primera, True)


def test_en_uno_realizado_si_se_pasan_en_limpio(encuentro1, zonal1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="realizado")
    anotar(encuentro1, zonal1)
    assert textos(encuentro1) == ["Falta agua"]


@pytest.mark.parametrize("campo", ["pregunta", "punto", "cumulo"])
def test_lo_de_otro_encuentro_se_rechaza(campo, encuentro1, encuentro2, zonal1):
    ajenas = {
        "pregunta": PreguntaEncuentro.objects.create(encuentro=encuentro2, orden=1, texto="¿?"),
        "punto": PuntoAgendaFactory(encuentro=encuentro2),
        "cumulo": CumuloAportes.objects.create(encuentro=encuentro2, titulo="Turismo"),
    }
    with pytest.raises(ValidationError, match="no es de este encuentro"):
        anotar(encuentro1, zonal1, **{campo: ajenas[campo]})
    assert textos(encuentro1) == []


def test_uno_complementario_tiene_su_momento(estrategia, zonal1):
    reunion = EncuentroFactory(estrategia=estrategia, tipo="C", clase="colectivos")
    aporte, _ = anotar(reunion, zonal1)
    assert aporte.get_momento_display() == "Encuentros complementarios"


@pytest.mark.parametrize(
    "malo",
    [
        {"retirado": True},
        {"motivo_retiro": "Repetida"},
        {"con_las_dos": True},
    ],
)
def test_la_base_guarda_las_reglas(malo, encuentro1, pregunta):
    if malo.pop("con_las_dos", False):
        malo = {"pregunta": pregunta, "punto": PuntoAgendaFactory(encuentro=encuentro1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        AporteFactory(encuentro=encuentro1, estrategia=encuentro1.estrategia, **malo)


def test_si_se_quita_la_pregunta_la_tarjeta_se_conserva(encuentro1, pregunta, zonal1):
    aporte, _ = anotar(encuentro1, zonal1, pregunta=pregunta)
    guardar_insumos(encuentro1, [], [], por=zonal1, version=encuentro1.version)
    aporte.refresh_from_db()
    assert (aporte.pregunta, aporte.seccion) == (None, "")


# --- Corregir y retirar -------------------------------------------------------------------------


def test_corregir_sube_la_version_y_deja_historia(encuentro1, pregunta, zonal1, central):
    aporte, _ = anotar(encuentro1, zonal1)
    antes = serie(encuentro1)
    aporte.texto, aporte.pregunta = "Falta agua potable", pregunta
    guardado = corregir_aporte(aporte, por=central, version=1)
    assert (guardado.texto, guardado.version, guardado.autor) == ("Falta agua potable", 2, zonal1)
    assert [fila.history_user for fila in guardado.historia.all()] == [central, zonal1]
    assert serie(encuentro1) == antes + 1


def test_la_segunda_que_corrige_se_entera(encuentro1, zonal1, central):
    aporte, _ = anotar(encuentro1, zonal1)
    corregir_aporte(Aporte.objects.get(), por=central, version=1)
    aporte.texto = "Otra"
    with pytest.raises(Conflicto) as choque:
        corregir_aporte(aporte, por=zonal1, version=1)
    assert choque.value.actual.version == 2
    assert textos(encuentro1) == ["Falta agua"]


def test_quien_corrige_no_desagrupa(encuentro1, zonal1, central):
    aporte, _ = anotar(encuentro1, zonal1)
    leida = Aporte.objects.get()
    agrupar_aportes(encuentro1, [aporte.pk], titulo="Agua", por=central)
    leida.texto = "Falta agua potable"
    guardada = corregir_aporte(leida, por=zonal1, version=leida.version)
    assert (guardada.texto, guardada.cumulo.titulo) == ("Falta agua potable", "Agua")


def test_retirar_y_reponer(encuentro1, zonal1):
    aporte, _ = anotar(encuentro1, zonal1)
    retirada = retirar_aporte(aporte, motivo="Repetida", por=zonal1, version=1)
    assert list(encuentro1.aportes.vigentes()) == []
    with pytest.raises(NoProcede, match="ya estaba retirada"):
        retirar_aporte(aporte, motivo="Otra vez", por=zonal1, version=2)
    with pytest.raises(NoProcede, match="repóngala"):
        corregir_aporte(aporte, por=zonal1, version=2)
    repuesta = reponer_aporte(retirada, por=zonal1, version=2)
    assert (repuesta.retirado, repuesta.motivo_retiro) == (False, "")
    assert reponer_aporte(repuesta, por=zonal1, version=3).version == 3
    motivos = [fila.history_change_reason for fila in repuesta.historia.all()]
    assert motivos == ["Reposición", "Retiro", None]


def test_lo_retirado_no_sale_en_el_grupo(encuentro1, grupo1, zonal1):
    aporte, _ = anotar(encuentro1, zonal1)
    assert list(Aporte.objects.de_grupo(grupo1)) == [aporte]
    retirar_aporte(aporte, motivo="Repetida", por=zonal1, version=1)
    assert list(Aporte.objects.de_grupo(grupo1)) == []


# --- Agrupar y ordenar --------------------------------------------------------------------------


@pytest.fixture
def cuatro(encuentro1, zonal1):
    return [anotar(encuentro1, zonal1, texto=texto)[0] for texto in "ABCD"]


def test_agrupar_varias_en_uno_nuevo_y_en_el_mismo_titulo(encuentro1, cuatro, central):
    a, b, c, _ = cuatro
    turismo = agrupar_aportes(encuentro1, [a.pk, b.pk], titulo="Turismo", por=central)
    otro = agrupar_aportes(encuentro1, [c.pk], titulo="turismo", por=central)
    assert turismo == otro
    assert [uno.texto for uno in turismo.aportes.order_by("orden")] == ["A", "B", "C"]
    assert a.historia.first().history_change_reason == "Agrupada en «Turismo»"
    assert Aporte.objects.get(pk=a.pk).version == 1


def test_sacar_varias(encuentro1, cuatro, central):
    cumulo = agrupar_aportes(encuentro1, [t.pk for t in cuatro], titulo="Turismo", por=central)
    antes = serie(encuentro1)
    desagrupar_aportes(encuentro1, [cuatro[0].pk, cuatro[1].pk], por=central)
    assert [uno.texto for uno in cumulo.aportes.order_by("orden")] == ["C", "D"]
    assert serie(encuentro1) == antes + 1


def test_no_se_agrupa_lo_ajeno_ni_lo_retirado(encuentro1, encuentro2, cuatro, central):
    ajeno, _ = anotar(encuentro2, central)
    retirar_aporte(cuatro[3], motivo="Repetida", por=central, version=1)
    for claves in ([ajeno.pk], [cuatro[0].pk, ajeno.pk], [cuatro[3].pk], [], [999_999]):
        with pytest.raises(NoProcede, match="ya no está en el tablero"):
            agrupar_aportes(encuentro1, claves, titulo="Turismo", por=central)
    suyo = CumuloAportes.objects.create(encuentro=encuentro2, titulo="Turismo")
    with pytest.raises(NoProcede, match="no es de este encuentro"):
        agrupar_aportes(encuentro1, [cuatro[0].pk], cumulo=suyo, por=central)
    assert not encuentro1.cumulos.exists()
    assert not Aporte.objects.exclude(cumulo=None).exists()


def test_titular_un_cumulo(encuentro1, cuatro, central):
    turismo = agrupar_aportes(encuentro1, [cuatro[0].pk], titulo="Turismo", por=central)
    agrupar_aportes(encuentro1, [cuatro[1].pk], titulo="Agua", por=central)
    turismo.titulo = "Turismo comunitario"
    assert titular_cumulo(turismo, por=central, version=1).version == 2
    with pytest.raises(Conflicto):
        titular_cumulo(turismo, por=central, version=1)
    turismo.titulo = "AGUA"
    with pytest.raises(NoProcede, match="ya tiene un cúmulo"):
        titular_cumulo(turismo, por=central, version=2)
    titulos = CumuloAportes.objects.order_by("pk").values_list("titulo", flat=True)
    assert list(titulos) == ["Turismo comunitario", "Agua"]


@pytest.mark.parametrize(
    ("cual", "hacia", "orden"),
    [(2, -1, "ACBD"), (0, 1, "BACD"), (0, -1, "ABCD"), (3, 1, "ABCD")],
)
def test_mover(cual, hacia, orden, encuentro1, cuatro, central):
    mover_aporte(cuatro[cual], hacia=hacia, por=central)
    assert "".join(textos(encuentro1)) == orden


def test_mover_salta_a_las_de_otra_seccion(encuentro1, pregunta, central):
    for texto, donde in (("A", None), ("q", pregunta), ("B", None)):
        ultima, _ = anotar(encuentro1, central, texto=texto, pregunta=donde)
    mover_aporte(ultima, hacia=-1, por=central)
    sueltas = encuentro1.aportes.filter(pregunta=None).order_by("orden")
    assert [uno.texto for uno in sueltas] == ["B", "A"]


def test_la_serie_de_un_encuentro_no_depende_de_otro(encuentro1, encuentro2, central):
    anotar(encuentro1, central)
    anotar(encuentro1, central)
    anotar(encuentro2, central)
    assert (serie(encuentro1), serie(encuentro2)) == (2, 1)
    assert serie(EncuentroFactory(fecha=date(2019, 8, 30))) == 0

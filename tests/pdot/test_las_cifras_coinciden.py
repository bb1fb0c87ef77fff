"""Las mismas cifras por todas partes: resumen, avance, cobertura, API, informe y las listas."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Acuerdo, Estrategia
from pdot.cuenta_avance import contar_avance
from pdot.embudo import leer_contado
from pdot.informe import acuerdos as acuerdos_del_informe
from pdot.informe import contexto as contexto_del_informe
from pdot.informe import evaluaciones as evaluaciones_del_informe
from pdot.informe import participantes as participantes_del_informe
from pdot.informe.alcance import Alcance
from pdot.models import Evaluacion
from pdot.resumen import resumir
from talleres.models import Encuentro
from territorios.llaves import dar_llave
from territorios.models import Gad, LlaveDeApi, Zona
from tests import siembra
from tests.conftest import entrar
from tests.datos import transaccion_comun
from tests.fabricas import AcuerdoFactory, UsuarioFactory

from .test_avance import comprobar_enlaces, de_la_cobertura, pasos, rutas_de
from .test_cuenta_avance import sembrar

pytestmark = pytest.mark.django_db


def leer_api(client, por, zona=None):
    """Función que da el JSON de una ruta, con una llave nueva del país o de una zona."""
    caduca = timezone.localdate() + timedelta(days=30)
    texto = dar_llave(LlaveDeApi(titular="Prueba", zona=zona, caduca=caduca), por=por)
    return lambda ruta: client.get(
        f"/api/v1/{ruta}", headers={"Authorization": f"Bearer {texto}"}
    ).json()


def comprobar_que_coinciden(client, central, zonales):
    """Lo que cada lugar dice del país y de cada zona, comparado hasta la unidad."""
    contar_avance()
    hoy = timezone.localdate()
    pais = resumir(hoy)
    comprobar_el_avance(central, "pais", pais)
    for zonal in zonales:
        comprobar_el_avance(zonal, f"zona-{zonal.zona_id}", resumir(hoy, zonal.zona))
    for zona in (None, *(zonal.zona for zonal in zonales)):
        pedir = leer_api(client, central, zona)
        assert pedir("resumen") == resumir(hoy, zona)
    del_observador = UsuarioFactory(rol="observador")
    (todo,) = leer_api(client, central)("cobertura")
    alcanzados = {paso: todo["escalones"][paso] for paso in de_la_cobertura(del_observador)}
    assert alcanzados == de_la_cobertura(del_observador)
    assert todo["gad"] == pais["gad"]
    for estrategia in Estrategia.objects.all():
        (dicho,) = [una for una in pais["estrategias"] if una["codigo"] == estrategia.codigo]
        comprobar_el_informe(Alcance(central, estrategia), dicho)


def comprobar_el_avance(usuario, ambito, resumen):
    contado = leer_contado(usuario, ambito)
    cifras = contado.entero
    assert sum(total for total, _ in cifras["niveles"].values()) == resumen["gad"]
    assert len(contado.grupos()) == resumen["grupos"]
    assert pasos(cifras) == de_la_cobertura(usuario)
    # Los borradores son del GAD: `resumen`, que es de la consola, los cuenta; el avance, no.
    assert cifras["evaluaciones"] == resumen["evaluaciones"] | {"borrador": 0}
    encuentros = {
        estrategia["codigo"]: estrategia["encuentros"]["por_estado"]
        for estrategia in resumen["estrategias"]
        if estrategia["encuentros"]["total"]
    }
    assert cifras["encuentros"] == encuentros
    suma = Counter()
    for por_estado in cifras["encuentros"].values():
        suma.update(por_estado)
    assert {estado: suma[estado] for estado in Encuentro.Estado.values} == (
        resumen["encuentros_por_estado"]
    )
    visibles = Acuerdo.objects.visibles_para(usuario)
    assert sum(cifras["acuerdos"].values()) == visibles.count()
    if usuario.ve_el_pais and len(resumen["estrategias"]) == 1:
        (estrategia,) = resumen["estrategias"]
        de_nivel = {nivel: cifras["niveles"][nivel][1] for nivel in Gad.NIVELES_DE}
        assert {n: marcas.get("grupo", 0) for n, marcas in de_nivel.items()} == estrategia["gad"]


def comprobar_el_informe(alcance, dicho):
    """El *Informe de la estrategia*, contra lo que `resumen` dice de ella y contra el avance."""
    leido = contexto_del_informe.contexto(alcance)
    assert leido["cifras"] == {clave: dicho[clave] for clave in leido["cifras"]}
    gente = participantes_del_informe.contexto(alcance)
    vivos = alcance.encuentros.exclude(estado="cancelado")
    declarados = sum(uno.participantes_declarados or 0 for uno in vivos)
    assert declarados == dicho["participantes_declarados"] == (gente["declarados"] or 0)
    contado = leer_contado(alcance.usuario)
    de_grupos = {pk: leer_contado(alcance.usuario, f"grupo-{pk}").entero for pk in contado.grupos()}
    suyos = {pk: c for pk, c in de_grupos.items() if c["estrategia"] == alcance.estrategia.pk}
    del_informe = {grupo.pk: grupo for grupo in leido["grupos"]}
    assert {pk: len(cifras["gads"]) for pk, cifras in suyos.items()} == {
        pk: len(grupo.reparto.gads) for pk, grupo in del_informe.items()
    }
    realizados = {
        pk: sum(por_estado["realizado"] for por_estado in cifras["encuentros"].values())
        for pk, cifras in suyos.items()
    }
    assert realizados == {pk: grupo.realizados for pk, grupo in del_informe.items()}
    acordado = acuerdos_del_informe.contexto(alcance)
    assert acordado["total"] == sum(sum(cifras["acuerdos"].values()) for cifras in suyos.values())
    evaluado = evaluaciones_del_informe.contexto(alcance)
    aprobados = {
        codigo
        for cifras in suyos.values()
        for codigo, *_, marcas in cifras["gads"]
        if "aprobado" in marcas
    }
    assert evaluado["aprobadas"] == len(aprobados)


class TestConElPiloto:
    @pytest.fixture(scope="class")
    def piloto(self, django_db_setup, django_db_blocker):
        with transaccion_comun(django_db_blocker):
            siembra.sembrar(siembra.piloto)
            yield

    def test_todo_dice_lo_mismo(self, client, piloto):
        zonales = [UsuarioFactory(rol="zonal", zona=Zona.objects.get(pk=n)) for n in (1, 4)]
        comprobar_que_coinciden(client, UsuarioFactory(rol="central"), zonales)


@pytest.mark.parametrize("semilla", range(3))
def test_todo_dice_lo_mismo_con_datos_generados(
    client, territorio, estrategia, instrumento, elenco, semilla
):
    azar = random.Random(semilla)
    sembrar(azar, territorio, estrategia, instrumento)
    for grupo in estrategia.grupos.conformados():
        for numero, estado in enumerate(azar.choices(Acuerdo.Estado.values, k=3), 1):
            gad = grupo.membresias.first().gad
            cual = {"numero": numero, "estado": estado, "motivo": "Azar"}
            AcuerdoFactory(grupo=grupo, responsable_gad=gad, **cual)
    for encuentro in Encuentro.objects.all():
        encuentro.participantes_declarados = azar.choice([None, 0, 7, 31])
        encuentro.save()
    zonales = [elenco["zonal1"], elenco["zonal4"]]
    comprobar_que_coinciden(client, elenco["central"], zonales)
    for usuario in (elenco["central"], elenco["zonal1"], elenco["observador"]):
        comprobar_enlaces(entrar(client, usuario), rutas_de(usuario))


def test_los_encuentros_y_acuerdos_del_avance_llevan_a_su_lista(
    client, central, grupo1, encuentro1
):
    AcuerdoFactory(grupo=grupo1, numero=1, responsable_gad_id="0807")
    contar_avance()
    entrar(client, central)
    ruta = reverse("pdot:tablero_de_grupo", args=[grupo1.pk])
    hechos = {uno.titulo: uno.cifras for uno in client.get(ruta).context["hecho"]}
    assert set(hechos) == {"Encuentros por estado", "Acuerdos por estado"}
    (pendiente,) = [cifra for cifra in hechos["Acuerdos por estado"] if cifra.cuantos]
    assert pendiente.url == (
        f"{reverse('acompanamiento:acuerdos')}?grupo={grupo1.pk}&estado=pendiente"
    )
    assert comprobar_enlaces(client, [ruta, reverse("pdot:avance")]) > 10


def test_las_evaluaciones_se_acotan_a_una_zona(
    client, central, zonal1, plan_rioverde, evaluaciones
):
    ruta = reverse("pdot:inicio")
    entrar(client, central)
    de_cada_una = [client.get(ruta, {"zona": n}).context["pagina"].paginator.count for n in (1, 4)]
    assert sum(de_cada_una) == client.get(ruta).context["pagina"].paginator.count == 3
    assert client.get(ruta, {"zona": "77"}).status_code == 400
    entrar(client, zonal1)
    assert client.get(ruta, {"zona": "1"}).status_code == 200
    assert client.get(ruta, {"zona": "4"}).status_code == 400
    assert "zona" not in entrar(client, plan_rioverde).get(ruta).context["filtro"].fields


def test_un_borrador_no_se_cuenta_ni_se_dice_que_hay_cero(client, central, evaluaciones):
    assert Evaluacion.objects.filter(estado="borrador").exists()
    contar_avance()
    entrar(client, central)
    avance = client.get(reverse("pdot:avance"))
    (por_estado,) = [u for u in avance.context["hecho"] if u.titulo.startswith("Evaluaciones")]
    assert "borrador" not in {cifra.estado for cifra in por_estado.cifras}
    assert 'class="estado borrador"' not in client.get(reverse("inicio")).text
